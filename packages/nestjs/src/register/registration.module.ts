import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common'
import { APP_INTERCEPTOR, HttpAdapterHost, ModulesContainer } from '@nestjs/core'
import { WaypostError } from '@waypost/core'
import { checkRegistration } from '@waypost/registry'
import type { Waypost } from 'waypost'
import type { ServeOptions } from 'waypost/http'
import { named } from '../named.ts'
import { claimProviders } from '../one-of-each.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import { registrarToken, waypostToken } from '../tokens.ts'
import { MessagesInFlight } from './messages-in-flight.ts'
import { type RegisterWhen, Registrar } from './registrar.ts'

export interface RegisterOnListenOptions extends ServeOptions, Pick<ModuleMetadata, 'imports'> {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

const optionNames: OptionNames<RegisterOnListenOptions> = {
  connection: true,
  drain: true,
  format: true,
  health: true,
  heartbeat: true,
  host: true,
  hungLimitMs: true,
  id: true,
  imports: true,
  metadata: true,
  onProblem: true,
  port: true,
  scheme: true,
  service: true,
  status: true,
  tags: true,
  ttlSeconds: true,
  version: true,
  weight: true,
  zone: true,
}

class RegistrationModule {}
Module({})(named(RegistrationModule, 'WaypostModule.registerOnListen'))

/** Asked for by the module, so that it is there before the first hook is called. */
class LeaveFirst {
  /**
   * Nest shuts modules down from the nearest of the root module to the farthest. An application must leave before any of
   * its modules close what requests still need, so this one is made the nearest.
   */
  constructor(modules: ModulesContainer) {
    for (const module of modules.values()) if (module.metatype === RegistrationModule) module.distance = -1
  }
}

export function registrationModule(options: RegisterOnListenOptions, when: RegisterWhen = 'on listen'): DynamicModule {
  const { connection, imports = [], ...serveOptions } = checkOptions(options, when)
  return {
    module: RegistrationModule,
    global: true,
    imports,
    providers: [
      ...claimProviders({
        what: 'WaypostModule.registerOnListen',
        name: `${connection ?? ''}/${serveOptions.service}${when === 'on listen' ? '' : `:${serveOptions.port}`}`,
        options: serveOptions,
        mayRepeat: false,
        message:
          `WaypostModule.${when === 'on listen' ? 'registerOnListen' : 'register'} is called twice for the service ` +
          `${serveOptions.service}: one process would be registered as two instances. Call it once, in the root module.`,
      }),
      {
        provide: LeaveFirst,
        useFactory: (modules: ModulesContainer) => new LeaveFirst(modules),
        inject: [ModulesContainer],
      },
      { provide: MessagesInFlight, useFactory: () => new MessagesInFlight() },
      { provide: APP_INTERCEPTOR, useExisting: MessagesInFlight },
      {
        provide: registrarToken,
        useFactory: (waypost: Waypost, adapterHost: HttpAdapterHost, messages: MessagesInFlight) =>
          new Registrar(waypost, serveOptions, when, adapterHost, messages),
        inject: [waypostToken(connection), HttpAdapterHost, MessagesInFlight],
      },
    ],
    exports: [registrarToken],
  }
}

/** What is wrong is said when the application starts, not when it listens. */
function checkOptions(options: RegisterOnListenOptions, when: RegisterWhen): RegisterOnListenOptions {
  if (typeof options !== 'object' || options === null || typeof options.service !== 'string') {
    throw new WaypostError('invalid-argument', "Name the service: WaypostModule.registerOnListen({ service: 'user' }).")
  }
  if (when === 'when started' && options.port === undefined) {
    throw new WaypostError(
      'invalid-argument',
      `Say at which port ${options.service} is reached: WaypostModule.register({ service: '${options.service}', port: 3000 }). ` +
        'For a server that Nest starts write WaypostModule.registerOnListen({ service }), which learns it.',
    )
  }
  checkOptionNames(
    when === 'on listen' ? 'WaypostModule.registerOnListen' : 'WaypostModule.register',
    options,
    optionNames,
  )
  checkRegistration({ ...options, port: options.port ?? 1 })
  return options
}
