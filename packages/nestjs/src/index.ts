export type { ConfigOf, LiveConfigOf } from './config/config-of.ts'
export { configSource } from './config/config-source.ts'
export { LiveValue, type LiveValueOptions } from './config/live-value.ts'
export { type ConfigChangeHandler, OnConfigChange, type OnConfigChangeOptions } from './config/on-config-change.ts'
export { type ForFeatureOptions, WaypostConfigModule } from './config/waypost-config.module.ts'
export {
  InjectConfig,
  InjectCurrentConfig,
  type InjectDecorator,
  InjectHttpClient,
  InjectRegistrar,
  InjectService,
  InjectWaypost,
  type OfConnection,
} from './decorators.ts'
export { ServiceHttpClient } from './discover/service-http-client.ts'
export type { ForServicesOptions } from './discover/services.module.ts'
export { Registrar } from './register/registrar.ts'
export type { RegisterOnListenOptions } from './register/registration.module.ts'
export {
  configToken,
  currentConfigToken,
  httpClientToken,
  registrarToken,
  serviceToken,
  waypostToken,
} from './tokens.ts'
export { WaypostModule } from './waypost.module.ts'
export type { WaypostModuleExtras, WaypostModuleOptions, WaypostOptionsFactory } from './waypost-options.ts'
