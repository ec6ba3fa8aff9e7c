import {
  type DynamicModule,
  type FactoryProvider,
  Logger,
  Module,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { createGateway, type Gateway } from '@waypost/gateway'
import type { Waypost } from 'waypost'
import { named } from '../named.ts'
import { claimProviders } from '../one-of-each.ts'
import { waypostToken } from '../tokens.ts'
import { GatewayHealth } from './gateway-health.ts'
import { GatewayHost } from './gateway-host.ts'
import { checkGatewayModuleOptions, type GatewayModuleOptions } from './gateway-module-options.ts'

interface OfStore {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

/** Options that are made when the application starts, of what it injects: own rules, for example. */
export interface GatewayModuleAsyncOptions
  extends OfStore,
    Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<GatewayModuleOptions>, 'inject' | 'useFactory'> {}

const optionsToken = 'the options of the gateway (of @waypost/nestjs)'
const gatewayToken = 'the gateway (of @waypost/nestjs)'

/**
 * A gateway in the application, on its own HTTP server or a port beside it. Import it once in the root module, beside
 * `WaypostModule.forRoot({ isGlobal: true })`; `GatewayHost` and `GatewayHealth` can be injected everywhere.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common'
 *
 * @Module({
 *   imports: [WaypostModule.forRoot({ isGlobal: true }), WaypostGatewayModule.forRoot({ paths: ['/api'] })],
 * })
 * class AppModule {}
 * ```
 */
export class WaypostGatewayModule {
  static forRoot({ connection, ...options }: GatewayModuleOptions & OfStore): DynamicModule {
    checkGatewayModuleOptions(options)
    return gatewayModule(connection, [], { provide: optionsToken, useValue: options })
  }

  /** The same with options that a factory makes. */
  static forRootAsync({ connection, imports = [], inject = [], useFactory }: GatewayModuleAsyncOptions): DynamicModule {
    return gatewayModule(connection, imports, {
      provide: optionsToken,
      inject,
      useFactory: async (...args) => {
        const options = await useFactory(...args)
        checkGatewayModuleOptions(options)
        return options
      },
    })
  }
}

Module({})(named(WaypostGatewayModule, 'WaypostGatewayModule'))

function gatewayModule(
  connection: string | undefined,
  imports: NonNullable<ModuleMetadata['imports']>,
  options: Provider<GatewayModuleOptions>,
): DynamicModule {
  const open = (waypost: Waypost, given: GatewayModuleOptions): Promise<Gateway> => {
    const { paths: _, listen: __, drainTimeoutMs: ___, ...gatewayOptions } = given
    const logger = new Logger('Waypost')
    return createGateway({ onNotice: (message) => logger.warn(message), ...gatewayOptions, waypost })
  }
  return {
    module: WaypostGatewayModule,
    global: true,
    imports,
    providers: [
      ...claimProviders({
        what: 'WaypostGatewayModule.forRoot',
        name: '',
        options: undefined,
        mayRepeat: false,
        message: 'WaypostGatewayModule.forRoot is called twice. Call it once, in the root module.',
      }),
      options,
      { provide: gatewayToken, useFactory: open, inject: [waypostToken(connection), optionsToken] },
      {
        provide: GatewayHost,
        useFactory: (gateway: Gateway, given: GatewayModuleOptions, adapterHost: HttpAdapterHost) =>
          new GatewayHost(gateway, given, adapterHost),
        inject: [gatewayToken, optionsToken, HttpAdapterHost],
      },
      { provide: GatewayHealth, useFactory: (host: GatewayHost) => new GatewayHealth(host), inject: [GatewayHost] },
    ],
    exports: [GatewayHost, GatewayHealth],
  }
}
