type Primitive = string | number | boolean | bigint | symbol | null | undefined

/** Plain objects and arrays, read-only all the way down; functions and instances of classes as they are. */
export type DeepReadonly<T> = T extends Primitive | ((...parameters: never[]) => unknown) | Date | RegExp | URL
  ? T
  : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
    ? T
    : T extends object
      ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T
