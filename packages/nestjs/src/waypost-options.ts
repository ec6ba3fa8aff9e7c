import type { ConnectOptions, Waypost } from 'waypost'
import type { OptionNames } from './option-names.ts'

/**
 * How to reach the store, as for `connect()`: what is not given comes from `WAYPOST_ENDPOINTS` and the other variables
 * of the environment.
 */
export interface WaypostModuleOptions extends ConnectOptions {
  /** A store that was opened before the application was built. The application closes it. Excludes the other options. */
  readonly waypost?: Waypost | undefined
  /** What this application is called: the default of `WaypostConfigModule.forFeature`. */
  readonly app?: string | undefined
  /** For example `production`: the default of `WaypostConfigModule.forFeature`. */
  readonly profile?: string | undefined
}

/** @internal */
export const moduleOptionNames: OptionNames<WaypostModuleOptions> = {
  app: true,
  auth: true,
  clock: true,
  closeTimeoutMs: true,
  config: true,
  coordination: true,
  connectTimeoutMs: true,
  endpoints: true,
  env: true,
  keepAlive: true,
  instance: true,
  leaseWorkerFile: true,
  logger: true,
  memberSync: true,
  metrics: true,
  namespace: true,
  profile: true,
  registry: true,
  timeoutMs: true,
  tls: true,
  tracer: true,
  ttlSeconds: true,
  waypost: true,
}

/** What classes implement that are given to `WaypostModule.forRootAsync` as `useClass` or `useExisting`. */
export interface WaypostOptionsFactory {
  createWaypostOptions(): WaypostModuleOptions | Promise<WaypostModuleOptions>
}

export interface WaypostModuleExtras {
  /** Whether every module can inject the store without importing this one. Default false. */
  readonly isGlobal?: boolean | undefined
  /** Tells several stores apart: `@InjectWaypost('audit')`. The one without a name is injected by its class. */
  readonly name?: string | undefined
}

/** @internal What features read of the options. */
export interface WaypostSettings {
  readonly app: string | undefined
  readonly profile: string | undefined
}
