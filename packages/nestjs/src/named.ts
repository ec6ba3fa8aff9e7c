/**
 * Gives a module the name that Nest's messages show. Compilers and bundlers rename classes, for example to
 * `_WaypostConfigModule`, and some modules of this package are not exported.
 */
export function named<Class extends object>(module: Class, name: string): Class {
  return Object.defineProperty(module, 'name', { value: name })
}
