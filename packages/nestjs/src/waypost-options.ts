import type { ConnectOptions, Waypost } from 'waypost'

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
