import { type DynamicModule, Inject, Module, type Provider } from '@nestjs/common'
import { WaypostError } from '@waypost/core'
import { connectionExports, connectionProviders } from './connection.providers.ts'
import { type ForServicesOptions, servicesModule } from './discover/services.module.ts'
import { httpErrorsProvider } from './http-errors.ts'
import { named } from './named.ts'
import { claimProviders } from './one-of-each.ts'
import { checkOptionNames } from './option-names.ts'
import { type RegisterOnListenOptions, registrationModule } from './register/registration.module.ts'
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type OPTIONS_TYPE,
} from './waypost.definition.ts'
import { moduleOptionNames, type WaypostModuleOptions, type WaypostOptionsFactory } from './waypost-options.ts'

/** Opens stores, registers the application, and lets it find services. */
export class WaypostModule extends ConfigurableModuleClass {
  /**
   * Opens a store for the application, and closes it with it. Nothing is sent until something is asked for.
   *
   * @example
   * ```ts
   * import { Module } from '@nestjs/common'
   *
   * @Module({ imports: [WaypostModule.forRoot({ app: 'order', isGlobal: true })] })
   * class AppModule {}
   * ```
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    checkOptionNames('WaypostModule.forRoot', options, { ...moduleOptionNames, isGlobal: true, name: true })
    return withConnection(ConfigurableModuleClass.forRoot(options), options.name, options)
  }

  /** The same with options that are made when the application starts: `useFactory`, `useClass` or `useExisting`. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    checkOptionNames('WaypostModule.forRootAsync', options, asyncOptionNames)
    const { useFactory, useClass, useExisting, name } = options
    const ways = [useFactory, useClass, useExisting].filter((way) => way !== undefined)
    if (ways.length !== 1 || typeof ways[0] !== 'function') {
      throw new WaypostError(
        'invalid-argument',
        'WaypostModule.forRootAsync takes one of useFactory, a function, and useClass and useExisting, classes with ' +
          'createWaypostOptions(): WaypostModule.forRootAsync({ useFactory: () => ({ endpoints }) }).',
      )
    }
    const definition = withConnection(ConfigurableModuleClass.forRootAsync(options), name, options)
    return { ...definition, providers: [...(definition.providers ?? []), ...madeBy(useClass ?? useExisting)] }
  }

  /**
   * Registers the application where its server listens, HTTP or a microservice (see `listenMicroservice`), and drains
   * it before anything of the application is shut down.
   *
   * @example
   * ```ts
   * import { Module } from '@nestjs/common'
   *
   * @Module({
   *   imports: [WaypostModule.forRoot({ isGlobal: true }), WaypostModule.registerOnListen({ service: 'order' })],
   * })
   * class AppModule {}
   * ```
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

  /**
   * Lets the modules that import it inject `@InjectService` and `@InjectHttpClient` for these services.
   *
   * @example
   * ```ts
   * import { Injectable, Module } from '@nestjs/common'
   *
   * @Injectable()
   * class Orders {
   *   constructor(@InjectHttpClient('user') readonly users: ServiceHttpClient) {}
   * }
   *
   * @Module({ imports: [WaypostModule.forServices(['user'])], providers: [Orders] })
   * class OrdersModule {}
   * ```
   */
  static forServices(services: readonly string[], options?: ForServicesOptions): DynamicModule {
    return servicesModule(services, options)
  }
}

Module({})(named(WaypostModule, 'WaypostModule'))
// Needed by nothing, so that the module cannot be imported by itself, where no store is open.
Inject(MODULE_OPTIONS_TOKEN)(WaypostModule, undefined, 0)

const asyncOptionNames = {
  imports: true,
  inject: true,
  isGlobal: true,
  name: true,
  provideInjectionTokensFrom: true,
  useClass: true,
  useExisting: true,
  useFactory: true,
} as const

function withConnection(definition: DynamicModule, name: string | undefined, options: object): DynamicModule {
  const which = name === undefined ? 'without a name' : `named ${name}`
  const claims = claimProviders({
    what: 'WaypostModule.forRoot',
    name: name ?? '',
    options,
    mayRepeat: true,
    message:
      `WaypostModule.forRoot is called twice for the store ${which}, with different options. Call it once in the root ` +
      "module, with isGlobal: true. For a second store give it another name: WaypostModule.forRoot({ name: 'audit', … }).",
  })
  return {
    ...definition,
    module: WaypostModule,
    providers: [...(definition.providers ?? []), ...connectionProviders(name), ...claims, httpErrorsProvider],
    exports: [...(definition.exports ?? []), ...connectionExports(name)],
  }
}

/** In the place of Nest's own provider, which does not say which method a class lacks. */
function madeBy(factoryClass: NonNullable<(typeof ASYNC_OPTIONS_TYPE)['useClass']> | undefined): Provider[] {
  if (factoryClass === undefined) return []
  const make = (factory: WaypostOptionsFactory): WaypostModuleOptions | Promise<WaypostModuleOptions> => {
    if (typeof factory.createWaypostOptions === 'function') return factory.createWaypostOptions()
    throw new WaypostError('invalid-argument', `${factoryClass.name} has no method createWaypostOptions().`)
  }
  return [{ provide: MODULE_OPTIONS_TOKEN, useFactory: make, inject: [factoryClass] }]
}
