/** What a document can say: JSON's values, and the infinities and NaN of YAML. */
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[] | ConfigObject

export interface ConfigObject {
  readonly [key: string]: ConfigValue
}

export function isConfigObject(value: unknown): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets an own property, also one called `__proto__`. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key in target) Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  // Faster, and the engine keeps the object in its fast form.
  else Reflect.set(target, key, value)
}
