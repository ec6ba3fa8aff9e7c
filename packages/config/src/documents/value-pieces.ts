import { type ConfigObject, type ConfigValue, isConfigObject, setOwn } from '../config-value.ts'
import type { JsonPath } from './json-path.ts'

/** Some children of one collection within a value. */
export interface ValuePiece {
  /** Where the collection is. */
  readonly at: JsonPath
  readonly entries: readonly (readonly [key: string, value: ConfigValue])[]
}

/** The most values in one piece: whoever takes it in does nothing else meanwhile. */
const valuesAtOnce = 1_000

/** Takes a value apart, so that it can be handed over a piece at a time. A collection comes before what is in it. */
export function* piecesOf(value: ConfigObject | readonly ConfigValue[], at: JsonPath = []): Generator<ValuePiece> {
  let entries: (readonly [string, ConfigValue])[] = []
  let size = 0
  for (const [key, child] of Object.entries(value)) {
    const childSize = sizeOf(child)
    if (size + childSize > valuesAtOnce && entries.length > 0) {
      yield { at, entries }
      entries = []
      size = 0
    }
    if (childSize > valuesAtOnce && typeof child === 'object' && child !== null) {
      yield { at, entries: [[key, Array.isArray(child) ? [] : {}]] }
      yield* piecesOf(child, [...at, key])
    } else {
      entries.push([key, child])
      size += childSize
    }
  }
  if (entries.length > 0) yield { at, entries }
}

/** Adds a piece to the value that the pieces before it have made. */
export function addPiece(root: ConfigObject, { at, entries }: ValuePiece): void {
  let target: ConfigValue | undefined = root
  for (const step of at) {
    if (isConfigObject(target) || Array.isArray(target)) target = Reflect.get(target, step)
  }
  for (const [key, value] of entries) {
    if (Array.isArray(target)) target.push(value)
    else if (isConfigObject(target)) setOwn(target, key, value)
  }
}

function sizeOf(value: ConfigValue): number {
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const child of Object.values(value)) size += sizeOf(child)
  return size
}
