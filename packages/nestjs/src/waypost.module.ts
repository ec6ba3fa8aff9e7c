import { type DynamicModule, Module } from '@nestjs/common'
import { connectionExports, connectionProviders } from './connection.providers.ts'
import { type ForServicesOptions, servicesModule } from './discover/services.module.ts'
import { type RegisterOnListenOptions, registrationModule } from './register/registration.module.ts'
import { type ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, type OPTIONS_TYPE } from './waypost.definition.ts'

/** Opens stores, registers the application, and lets it find services. */
export class WaypostModule extends ConfigurableModuleClass {
  /** Opens a store for the application, and closes it with it. Nothing is sent until something is asked for. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return withConnection(ConfigurableModuleClass.forRoot(options), options.name)
  }

  /** The same with options that are made when the application starts: `useFactory`, `useClass` or `useExisting`. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withConnection(ConfigurableModuleClass.forRootAsync(options), options.name)
  }

  /**
   * Registers the application where its server listens, HTTP or a microservice (see `listenMicroservice`), and drains
   * it before anything of the application is shut down.
   */
  static registerOnListen(options: RegisterOnListenOptions): DynamicModule {
    return registrationModule(options)
  }

  /**
   * Registers what is not served by Nest, at a port that is known: once the application has started, and drains it
   * before anything of the application is shut down.
   */
  static register(options: RegisterOnListenOptions & { readonly port: number }): DynamicModule {
    return registrationModule(options, 'when started')
  }

  /** Lets the modules that import it inject `@InjectService` and `@InjectHttpClient` for these services. */
  static forServices(services: readonly string[], options?: ForServicesOptions): DynamicModule {
    return servicesModule(services, options)
  }
}

Module({})(WaypostModule)

function withConnection(definition: DynamicModule, name: string | undefined): DynamicModule {
  return {
    ...definition,
    module: WaypostModule,
    providers: [...(definition.providers ?? []), ...connectionProviders(name)],
    exports: [...(definition.exports ?? []), ...connectionExports(name)],
  }
}
