import { Logger, type OnApplicationShutdown, type Provider } from '@nestjs/common'
import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import { Registry } from '@waypost/registry'
import { type ConnectOptions, connect, Waypost } from 'waypost'
import { checkOptionNames } from './option-names.ts'
import { optionsToken, settingsToken, waypostToken } from './tokens.ts'
import { MODULE_OPTIONS_TOKEN } from './waypost.definition.ts'
import { moduleOptionNames, type WaypostModuleOptions, type WaypostSettings } from './waypost-options.ts'

/** Closes the store when nothing of the application needs it any more: in the last of Nest's hooks. */
class ConnectionCloser implements OnApplicationShutdown {
  readonly #waypost: Waypost

  constructor(waypost: Waypost) {
    this.#waypost = waypost
  }

  onApplicationShutdown(): Promise<void> {
    return this.#waypost.close()
  }
}

/**
 * The providers of a store; those of the store without a name are known by their classes, too. `prepare` is waited for
 * before anybody is given the store.
 */
export function connectionProviders(
  name: string | undefined,
  prepare: (waypost: Waypost) => Promise<void> = async () => {},
): Provider[] {
  const token = waypostToken(name)
  const open = async (options: WaypostModuleOptions | undefined): Promise<Waypost> => {
    const waypost = await openStore(options)
    try {
      await prepare(waypost)
      return waypost
    } catch (error) {
      await waypost.close()
      throw error
    }
  }
  const named: Provider[] = [
    { provide: token, useFactory: open, inject: [MODULE_OPTIONS_TOKEN] },
    { provide: settingsToken(name), useFactory: readSettings, inject: [MODULE_OPTIONS_TOKEN] },
    { provide: ConnectionCloser, useFactory: (waypost: Waypost) => new ConnectionCloser(waypost), inject: [token] },
  ]
  if (name !== undefined) return named
  return [
    ...named,
    { provide: Waypost, useExisting: token },
    { provide: EtcdClient, useFactory: ({ etcd }: Waypost) => etcd, inject: [token] },
    { provide: Registry, useFactory: ({ registry }: Waypost) => registry, inject: [token] },
    { provide: ConfigCenter, useFactory: ({ config }: Waypost) => config, inject: [token] },
  ]
}

/** What of `connectionProviders` other modules may inject. */
export function connectionExports(
  name: string | undefined,
): (string | typeof Waypost | typeof EtcdClient | typeof Registry | typeof ConfigCenter)[] {
  const named = [optionsToken, waypostToken(name), settingsToken(name)]
  return name === undefined ? [...named, Waypost, EtcdClient, Registry, ConfigCenter] : named
}

function openStore(options: WaypostModuleOptions | undefined): Promise<Waypost> {
  if (typeof options !== 'object' || options === null) {
    throw new WaypostError(
      'invalid-argument',
      'The factory of WaypostModule.forRootAsync returned no options; return { endpoints } or {} for those of the environment.',
    )
  }
  checkOptionNames('WaypostModule.forRoot', options, moduleOptionNames)
  const { waypost, app: _, profile: __, ...connectOptions } = options
  if (waypost === undefined) return connect(withNestLogger(connectOptions))
  if (typeof waypost.close !== 'function') {
    throw new WaypostError('invalid-argument', 'The option waypost takes an open store: { waypost: await connect() }.')
  }
  const [other] = Object.entries(connectOptions).find(([, value]) => value !== undefined) ?? []
  if (other === undefined) return Promise.resolve(waypost)
  throw new WaypostError('invalid-argument', `The store given as waypost is open already; leave out ${other}.`)
}

/** What the client and the configuration have to say goes to Nest's logger, rejected configurations included. */
function withNestLogger(options: ConnectOptions): ConnectOptions {
  const logger = new Logger('Waypost')
  return {
    ...options,
    logger: options.logger ?? { debug: (message) => logger.debug(message), warn: (message) => logger.warn(message) },
    config: { onNotice: (message) => logger.warn(message), ...options.config },
  }
}

function readSettings({ app, profile }: WaypostModuleOptions = {}): WaypostSettings {
  return { app, profile }
}
