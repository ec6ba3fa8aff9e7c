export type { ServedInstance } from '../served-instance.ts'
export { type ListenOptions, listen, type RequestHandler, type RunningService } from './listen.ts'
