import type { LiveConfig } from '@waypost/config'
import { WaypostError } from '@waypost/core'

/**
 * Makes a live configuration part of the `ConfigService` of `@nestjs/config`, under a name: with
 * `ConfigModule.forRoot({ load: [registerAs('order', configSource(live))] })`, `configService.get('order.db.pool')` is
 * the value in force at the moment of the call. It must be loaded before the application is built.
 */
export function configSource<T extends object>(live: LiveConfig<T>): () => T {
  if (typeof live?.current !== 'object' || live.current === null) {
    throw new WaypostError(
      'invalid-argument',
      "configSource takes a configuration that is loaded: configSource(await waypost.config.load({ app: 'order' })).",
    )
  }
  return () => liveView(() => live.current)
}

/**
 * An object that is what `read` gives at the moment it is looked at. It has a target of its own that stays empty, since
 * a proxy may not deny what its frozen target has.
 */
function liveView<T extends object>(read: () => T): T {
  const empty: T = Object.create(Object.prototype)
  const readOnly = (): never => {
    throw new WaypostError('invalid-argument', 'A configuration is read-only; publish a release to change it.')
  }
  return new Proxy(empty, {
    get: (_, name) => Reflect.get(read(), name),
    has: (_, name) => Reflect.has(read(), name),
    ownKeys: () => Reflect.ownKeys(read()),
    getOwnPropertyDescriptor: (_, name) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(read(), name)
      return descriptor && { ...descriptor, configurable: true }
    },
    set: readOnly,
    deleteProperty: readOnly,
    defineProperty: readOnly,
  })
}
