import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common'
import type { RegisterOptions } from '@waypost/registry'
import { EmbeddedServer } from '@waypost/server'
import type { Waypost } from 'waypost'
import { connectionExports, connectionProviders } from '../connection.providers.ts'
import { waypostToken } from '../tokens.ts'
import { MODULE_OPTIONS_TOKEN } from '../waypost.definition.ts'
import type { WaypostModuleOptions } from '../waypost-options.ts'

export interface WaypostTestingOptions extends Omit<WaypostModuleOptions, 'endpoints' | 'auth' | 'tls' | 'waypost'> {
  /** The name of the store, when there are several. */
  readonly name?: string | undefined
  /** What is in the configuration, by path: `{ 'order/application.yaml': 'db: { pool: 5 }' }`. */
  readonly documents?: Readonly<Record<string, string>> | undefined
  /** Which instances are registered: `[{ service: 'user', port: 3000 }]`. */
  readonly instances?: readonly RegisterOptions[] | undefined
}

/** Ends the store after all that was opened on it. */
class ServerCloser implements OnApplicationShutdown {
  readonly #server: EmbeddedServer
  readonly #waypost: Waypost

  constructor(server: EmbeddedServer, waypost: Waypost) {
    this.#server = server
    this.#waypost = waypost
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#waypost.close()
    await this.#server.close()
  }
}

/** Takes the place of `WaypostModule.forRoot` in tests: a real store, in this process and in memory, for each application. */
export class WaypostTestingModule {
  /** Starts a store with the documents and instances, and ends it with the application. Global. */
  static forRoot(options: WaypostTestingOptions = {}): DynamicModule {
    const { name, documents = {}, instances = [], ...moduleOptions } = options
    return {
      module: WaypostTestingModule,
      global: true,
      providers: [
        {
          provide: EmbeddedServer,
          useFactory: () => EmbeddedServer.start({ host: '127.0.0.1', port: 0, memory: true }),
        },
        {
          provide: MODULE_OPTIONS_TOKEN,
          useFactory: ({ url }: EmbeddedServer): WaypostModuleOptions => ({
            env: {},
            ...moduleOptions,
            endpoints: url,
          }),
          inject: [EmbeddedServer],
        },
        ...connectionProviders(name, fill),
        {
          provide: ServerCloser,
          useFactory: (server: EmbeddedServer, waypost: Waypost) => new ServerCloser(server, waypost),
          inject: [EmbeddedServer, waypostToken(name)],
        },
      ],
      exports: connectionExports(name),
    }

    async function fill(waypost: Waypost): Promise<void> {
      for (const [path, text] of Object.entries(documents)) await waypost.config.set(path, text)
      if (instances.length > 0) await waypost.registry.registerAll(instances)
    }
  }
}

Module({})(WaypostTestingModule)
