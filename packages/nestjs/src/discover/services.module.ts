import {
  type DynamicModule,
  Logger,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common'
import { delay, messageOf, WaypostError } from '@waypost/core'
import type { DiscoverOptions, ServiceView } from '@waypost/registry'
import type { Waypost } from 'waypost'
import { named } from '../named.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import { httpClientToken, serviceToken, waypostToken } from '../tokens.ts'
import { ServiceHttpClient } from './service-http-client.ts'

export interface ForServicesOptions
  extends Pick<DiscoverOptions, 'where' | 'balance' | 'subscribe'>,
    Pick<ModuleMetadata, 'imports'> {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
  /**
   * How long the start of the application waits for the first list of a service, in milliseconds. When the store does
   * not answer by then, the application starts with an empty list, or the one in `snapshotDir`. Default 5,000.
   */
  readonly timeoutMs?: number | undefined
}

const optionNames: OptionNames<ForServicesOptions> = {
  balance: true,
  connection: true,
  imports: true,
  subscribe: true,
  timeoutMs: true,
  where: true,
}
const defaultTimeoutMs = 5_000
const logger = new Logger('Waypost')

class ServicesModule {}
Module({})(named(ServicesModule, 'WaypostModule.forServices'))

/** Closes the views with the application, so that nobody waits for their confirmations any more. */
class ViewCloser implements OnApplicationShutdown {
  readonly #views: readonly ServiceView[]

  constructor(views: readonly ServiceView[]) {
    this.#views = views
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#views.map((view) => view.close()))
  }
}

export function servicesModule(services: readonly string[], options: ForServicesOptions = {}): DynamicModule {
  if (!Array.isArray(services) || services.length === 0) {
    throw new WaypostError('invalid-argument', "Name the services: WaypostModule.forServices(['user']).")
  }
  checkOptionNames('WaypostModule.forServices', options, optionNames)
  const { connection, imports = [], ...viewOptions } = options
  const store = waypostToken(connection)
  const providers: Provider[] = services.flatMap((service) => [
    {
      provide: serviceToken(service, connection),
      useFactory: (waypost: Waypost) => follow(waypost, service, viewOptions),
      inject: [store],
    },
    {
      provide: httpClientToken(service, connection),
      useFactory: ({ registry }: Waypost) => new ServiceHttpClient(registry, service),
      inject: [store],
    },
  ])
  const views = services.map((service) => serviceToken(service, connection))
  return {
    module: ServicesModule,
    imports,
    providers: [
      ...providers,
      { provide: ViewCloser, useFactory: (...opened: ServiceView[]) => new ViewCloser(opened), inject: views },
    ],
    exports: [...views, ...services.map((service) => httpClientToken(service, connection))],
  }
}

/** A store that is away does not keep the application from starting; one that refuses does. */
async function follow(
  { registry }: Waypost,
  service: string,
  { timeoutMs = defaultTimeoutMs, ...options }: Omit<ForServicesOptions, 'connection' | 'imports'>,
): Promise<ServiceView> {
  const view = await registry.discover(service, { ...options, wait: false })
  const over = new AbortController()
  try {
    await Promise.race([view.ready, delay(timeoutMs, { signal: over.signal })])
  } catch (error) {
    await view.close()
    throw error
  } finally {
    over.abort()
  }
  if (!view.isReady) {
    const why = view.lastError ? ` (${messageOf(view.lastError)})` : ''
    logger.warn(`The instances of ${service} are not known yet: the store does not answer${why}.`)
    view.ready.catch((error: unknown) => {
      if (WaypostError.is(error, 'closed')) return
      logger.error(`The instances of ${service} cannot be followed: ${messageOf(error)}`)
    })
  }
  return view
}
