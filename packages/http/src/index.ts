export { type HealthReport, healthReport } from './health-report.ts'
export type { OpenStore } from './open-store.ts'
export { registerOnListen } from './register-on-listen.ts'
export type { ServedInstance, ServeOptions } from './served-instance.ts'
