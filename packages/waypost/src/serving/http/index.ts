export { type HealthReport, healthReport } from '../health-report.ts'
export { registerOnListen } from '../register-on-listen.ts'
export type { ServedInstance, ServeOptions } from '../served-instance.ts'
