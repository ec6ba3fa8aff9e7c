export {
  type ListenOptions,
  listen,
  type RequestHandler,
  type RunningService,
  type ServedInstance,
} from '@waypost/http/express'
