import { Inject } from '@nestjs/common'
import { configToken } from '../tokens.ts'
import type { LoadedConfig } from './loaded-config.ts'

/**
 * Lets Nest hand the live configuration to every instance of a class, by a property that nobody else sees, and calls
 * `onInjected` with the instance. Nest then checks at the start that there is one, and finds the one of the module that
 * the class is in.
 */
export function injectHidden(
  target: object,
  schema: object | undefined,
  what: string,
  onInjected: (instance: object, live: LoadedConfig) => void,
): void {
  const property = Symbol(what)
  Inject(configToken(schema))(target, property)
  Object.defineProperty(target, property, {
    configurable: true,
    set(this: object, live: LoadedConfig) {
      onInjected(this, live)
    },
  })
}
