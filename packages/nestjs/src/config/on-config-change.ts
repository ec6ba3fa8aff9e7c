import type { SelectionUpdate } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import { injectHidden } from './hidden-config.ts'
import type { LoadedConfig } from './loaded-config.ts'

export interface OnConfigChangeOptions {
  /** Whose configuration it is, when a module has several. Default: the one that was imported last. */
  readonly schema?: object | undefined
}

/** What to call when which part of the configuration changes. */
export interface ChangeListener {
  readonly method: string | symbol
  readonly path: string | undefined
}

const listenersOf = new WeakMap<object, ChangeListener[]>()
const configsOf = new WeakMap<object, Map<string | symbol, LoadedConfig>>()

/** What a decorated method is called with. */
export type ConfigChangeHandler = (update: SelectionUpdate<never>) => unknown

/**
 * Calls the method whenever a part of the configuration has become another, with `{ current, previous, revision }`, one
 * call after the other. Without a path: whenever anything has. It begins when the application has started; what the
 * method throws is logged.
 *
 * @example
 * ```ts
 * class Orders {
 *   @OnConfigChange('db')
 *   reconnect() {}
 * }
 * ```
 */
export function OnConfigChange(path?: string, { schema }: OnConfigChangeOptions = {}): MethodDecorator {
  return (target, method) => {
    if (typeof Reflect.get(target, method) !== 'function') {
      throw new WaypostError('invalid-argument', '@OnConfigChange goes on a method.')
    }
    const listeners = listenersOf.get(target) ?? []
    listeners.push({ method, path })
    listenersOf.set(target, listeners)
    injectHidden(target, schema, `@OnConfigChange('${path ?? ''}') ${String(method)}`, (instance, live) => {
      const configs = configsOf.get(instance) ?? new Map<string | symbol, LoadedConfig>()
      configs.set(method, live)
      configsOf.set(instance, configs)
    })
  }
}

/** The decorated methods of a class and those that it inherits. */
export function changeListenersOf(prototype: object | null): readonly ChangeListener[] {
  if (prototype === null) return []
  return [...changeListenersOf(Object.getPrototypeOf(prototype)), ...(listenersOf.get(prototype) ?? [])]
}

export function configOfListener(instance: object, { method }: ChangeListener): LoadedConfig | undefined {
  return configsOf.get(instance)?.get(method)
}
