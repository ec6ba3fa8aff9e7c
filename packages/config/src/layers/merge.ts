import { type ConfigObject, type ConfigValue, isConfigObject, setOwn } from '../config-value.ts'

/**
 * Lays documents over each other, from general to specific, into a new object that shares nothing with them.
 * Where both sides have a mapping, their keys are merged, all the way down. Everything else replaces what lies
 * below it: an array as a whole, a `null` as the value null, a scalar over a mapping and a mapping over a scalar.
 */
export function mergeLayers(layers: readonly ConfigObject[], onNumbersOverList?: NumbersOverList): ConfigObject {
  const merged = {}
  for (const layer of layers) mergeInto(merged, layer, [], onNumbersOverList)
  return merged
}

/** The same with places between which other work may be done. */
export function* mergeSteps(
  layers: readonly ConfigObject[],
  onNumbersOverList?: NumbersOverList,
): Generator<void, ConfigObject> {
  const merged: ConfigObject = {}
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      const below: unknown = Object.hasOwn(merged, key) ? Reflect.get(merged, key) : undefined
      if (isConfigObject(value) && (below === undefined || isConfigObject(below))) {
        const target = below ?? {}
        setOwn(merged, key, target)
        for (const [name, child] of Object.entries(value)) {
          const part = {}
          setOwn(part, name, child)
          mergeInto(target, part, [key], onNumbersOverList)
          yield
        }
      } else {
        const part = {}
        setOwn(part, key, value)
        mergeInto(merged, part, [], onNumbersOverList)
      }
    }
  }
  return merged
}

/** Called with a mapping that has numbers as keys and replaces a list: its author most likely meant items of the list. */
export type NumbersOverList = (path: readonly string[]) => void

function mergeInto(target: object, source: ConfigObject, path: string[], onNumbersOverList?: NumbersOverList): void {
  for (const [key, value] of Object.entries(source)) {
    const below: unknown = Object.hasOwn(target, key) ? Reflect.get(target, key) : undefined
    path.push(key)
    if (isConfigObject(value) && isConfigObject(below)) mergeInto(below, value, path, onNumbersOverList)
    else {
      if (isConfigObject(value) && Array.isArray(below) && hasNumbersOnly(value)) onNumbersOverList?.([...path])
      setOwn(target, key, copy(value))
    }
    path.pop()
  }
}

function hasNumbersOnly(value: ConfigObject): boolean {
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key))
}

function copy(value: ConfigValue): ConfigValue {
  if (Array.isArray(value)) return value.map(copy)
  if (!isConfigObject(value)) return value
  const target: ConfigObject = {}
  mergeInto(target, value, [])
  return target
}
