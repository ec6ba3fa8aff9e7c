export {
  type HealthReport,
  healthReport,
  registerOnListen,
  type ServedInstance,
  type ServeOptions,
} from '@waypost/http'
