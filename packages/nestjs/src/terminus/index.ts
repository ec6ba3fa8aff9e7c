export { WaypostHealthIndicator, type WaypostHealthOptions } from './waypost-health.indicator.ts'
export { WaypostHealthModule } from './waypost-health.module.ts'
