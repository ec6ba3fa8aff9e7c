import {
  type DynamicModule,
  Inject,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type Provider,
  Scope,
} from '@nestjs/common'
import { DiscoveryModule } from '@nestjs/core'
import type { LoadOptions, StandardSchema } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import type { Waypost } from 'waypost'
import { named } from '../named.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import { configToken, currentConfigToken, defaultConfigToken, settingsToken, waypostToken } from '../tokens.ts'
import type { WaypostSettings } from '../waypost-options.ts'
import { changeListenersProvider } from './change-listeners.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** Options of `load()`; `app` and `profile` default to those of `WaypostModule.forRoot`. */
export interface ForFeatureOptions extends Omit<LoadOptions, 'app' | 'imports'>, Pick<ModuleMetadata, 'imports'> {
  readonly app?: string | undefined
  /** Documents of others, as `imports` of `load()`. */
  readonly documents?: LoadOptions['imports']
  /** A configuration that was loaded before the application was built. Excludes the other options. */
  readonly live?: LoadedConfig | undefined
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

const optionNames: OptionNames<ForFeatureOptions> = {
  app: true,
  confirm: true,
  connection: true,
  documents: true,
  extends: true,
  imports: true,
  importsOnly: true,
  instance: true,
  jsonSchema: true,
  keyring: true,
  labels: true,
  live: true,
  overrides: true,
  profile: true,
  signal: true,
  snapshotAfterMs: true,
  snapshotDir: true,
  timeoutMs: true,
  version: true,
  zone: true,
}

class ListenersModule {}
Module({ imports: [DiscoveryModule], providers: [changeListenersProvider] })(
  named(ListenersModule, 'WaypostConfigModule (listeners)'),
)

/** Gives modules their configuration: typed, checked by a schema, and up to date. */
export class WaypostConfigModule {
  /**
   * Loads the configuration of the application, and lets the modules that import this inject it: with
   * `@InjectConfig(schema)`, `@LiveValue('db.pool')`, `@OnConfigChange('db')`, and for each request with
   * `@InjectCurrentConfig(schema)`. The start of the application fails when it is not there or does not fit the schema.
   *
   * @example
   * ```ts
   * import { Injectable, Module } from '@nestjs/common'
   * import { z } from 'zod'
   *
   * const schema = z.object({ db: z.object({ pool: z.number() }) })
   *
   * @Injectable()
   * class Orders {
   *   constructor(@InjectConfig(schema) readonly config: LiveConfigOf<typeof schema>) {}
   * }
   *
   * @Module({ imports: [WaypostConfigModule.forFeature(schema)], providers: [Orders] })
   * class OrdersModule {}
   * ```
   */
  static forFeature(schema?: StandardSchema<unknown, unknown>, options: ForFeatureOptions = {}): DynamicModule {
    if (schema !== undefined && (Object(schema) !== schema || !('~standard' in schema))) {
      throw new WaypostError(
        'invalid-argument',
        'WaypostConfigModule.forFeature takes a schema of zod, valibot, arktype or another library of Standard Schema; ' +
          "without one write forFeature(undefined, { app: 'order' }).",
      )
    }
    checkOptionNames('WaypostConfigModule.forFeature', options, optionNames)
    const { connection, imports = [], ...loadOptions } = options
    if (loadOptions.live !== undefined) checkLive(loadOptions)
    const token = configToken(schema)
    const current = currentConfigToken(schema)
    const providers: Provider[] = [
      {
        provide: token,
        useFactory: (waypost: Waypost, settings: WaypostSettings) => load(waypost, settings, schema, loadOptions),
        inject: [waypostToken(connection), settingsToken(connection)],
      },
      {
        provide: current,
        useFactory: (live: LoadedConfig) => live.current,
        inject: [token],
        scope: Scope.REQUEST,
      },
      { provide: ConfigCloser, useFactory: (live: LoadedConfig) => new ConfigCloser(live), inject: [token] },
    ]
    if (schema !== undefined) {
      providers.push(
        { provide: defaultConfigToken, useExisting: token },
        { provide: currentConfigToken(), useExisting: current },
      )
    }
    const exports = [...new Set([token, current, defaultConfigToken, currentConfigToken()])]
    return { module: WaypostConfigModule, imports: [ListenersModule, ...imports], providers, exports }
  }
}

Module({})(named(WaypostConfigModule, 'WaypostConfigModule'))
// Needed by nothing, so that the module cannot be imported by itself, where no configuration is loaded.
Inject(defaultConfigToken)(WaypostConfigModule, undefined, 0)

class ConfigCloser implements OnApplicationShutdown {
  readonly #live: LoadedConfig

  constructor(live: LoadedConfig) {
    this.#live = live
  }

  onApplicationShutdown(): Promise<void> {
    return this.#live.close()
  }
}

function checkLive({ live, ...others }: Omit<ForFeatureOptions, 'connection' | 'imports'>): void {
  if (typeof live?.select !== 'function') {
    throw new WaypostError(
      'invalid-argument',
      "The option live takes a loaded configuration: { live: await waypost.config.load({ app: 'order', schema }) }.",
    )
  }
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other === undefined) return
  throw new WaypostError('invalid-argument', `The configuration given as live is loaded already; leave out ${other}.`)
}

async function load(
  { config }: Waypost,
  settings: WaypostSettings,
  schema: StandardSchema<unknown, unknown> | undefined,
  {
    live,
    app = settings.app,
    profile = settings.profile,
    documents,
    ...options
  }: Omit<ForFeatureOptions, 'connection' | 'imports'>,
): Promise<LoadedConfig> {
  if (live !== undefined) return live
  if (app === undefined) {
    throw new WaypostError(
      'invalid-argument',
      "Say whose configuration it is: WaypostModule.forRoot({ app: 'order' }), or WaypostConfigModule.forFeature(schema, { app: 'order' }).",
    )
  }
  const loadOptions: LoadOptions = { ...options, app, profile, imports: documents }
  return schema === undefined ? config.load(loadOptions) : config.load({ ...loadOptions, schema })
}
