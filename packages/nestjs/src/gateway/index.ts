export { GatewayHealth } from './gateway-health.ts'
export { GatewayHost } from './gateway-host.ts'
export type { GatewayModuleOptions } from './gateway-module-options.ts'
export { type GatewayModuleAsyncOptions, WaypostGatewayModule } from './waypost-gateway.module.ts'
