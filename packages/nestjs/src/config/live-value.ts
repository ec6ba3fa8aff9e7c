import type { PathOf } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import type { ConfigOf } from './config-of.ts'
import { injectHidden } from './hidden-config.ts'
import { valueAt } from './value-at.ts'

export interface LiveValueOptions {
  /** Lets the value be absent; the property is then `undefined`. Default false: the start fails. */
  readonly optional?: boolean | undefined
}

type Schema = { readonly '~standard': object }

/**
 * A property that always has the value in force at a path of the configuration: `@LiveValue('db.pool') readonly pool!:
 * number`. It is there once the constructor has run. With the schema the compiler checks the path.
 *
 * @example
 * ```ts
 * class Orders {
 *   @LiveValue('db.pool') readonly pool!: number
 * }
 * ```
 */
export function LiveValue(path: string, options?: LiveValueOptions): PropertyDecorator
export function LiveValue<S extends Schema>(
  schema: S,
  path: PathOf<ConfigOf<S>>,
  options?: LiveValueOptions,
): PropertyDecorator
export function LiveValue(
  first: string | Schema,
  second?: string | LiveValueOptions,
  third?: LiveValueOptions,
): PropertyDecorator {
  const schema = typeof first === 'string' ? undefined : first
  const path = typeof first === 'string' ? first : second
  const options = (typeof second === 'object' ? second : third) ?? {}
  if (typeof path !== 'string' || path === '') {
    throw new WaypostError('invalid-argument', "Name the value: @LiveValue('db.pool').")
  }
  return (target, name) => {
    injectHidden(target, schema, `@LiveValue('${path}') ${String(name)}`, (instance, live) => {
      if (valueAt(live.current, path) === undefined && !options.optional) {
        throw new WaypostError(
          'invalid-argument',
          `The configuration has no ${path}, which ${target.constructor.name}.${String(name)} needs: set it, or write ` +
            `@LiveValue('${path}', { optional: true }).`,
        )
      }
      // On the instance: a class field has already put a property of that name there.
      Object.defineProperty(instance, name, {
        configurable: true,
        enumerable: true,
        get: () => valueAt(live.current, path),
      })
    })
  }
}
