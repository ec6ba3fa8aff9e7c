import type { DeepReadonly } from '../deep-readonly.ts'
import { childAt } from '../documents/key-steps.ts'

type Leaf = string | number | boolean | bigint | symbol | null | undefined | Date | RegExp | URL | readonly unknown[]
type Mapping = { readonly [key: string]: unknown }

/** Every dotted path into a type, eight levels deep: `'database' | 'database.pool' | …`. */
export type PathOf<T, Depth extends readonly unknown[] = []> = Depth['length'] extends 8
  ? never
  : string extends keyof T
    ? string
    : {
        [Key in keyof T & string]: NonNullable<T[Key]> extends Leaf | ((...parameters: never[]) => unknown)
          ? Key
          : Key | `${Key}.${PathOf<NonNullable<T[Key]>, [...Depth, unknown]>}`
      }[keyof T & string]

/** The value at a dotted path. An optional mapping on the way makes it possibly `undefined`. */
export type ValueAt<T, Path extends string> = Path extends keyof T
  ? T[Path]
  : Path extends `${infer Key}.${infer Rest}`
    ? Key extends keyof T
      ? NonNullable<T[Key]> extends Mapping | object
        ? ValueAt<NonNullable<T[Key]>, Rest> | (T[Key] extends NonNullable<T[Key]> ? never : undefined)
        : unknown
      : unknown
    : unknown

export type ReadonlyValueAt<T, Path extends string> = DeepReadonly<ValueAt<T, Path>>

/** The value at a dotted path; `undefined` when there is nothing. */
export function valueAtKey(root: unknown, path: string): unknown {
  let value = root
  for (const step of path.split('.')) {
    value = childAt(value, step)
    if (value === undefined) return undefined
  }
  return value
}
