import { WaypostError } from '@waypost/core'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import type { ConfigDocument } from '../documents/config-document.ts'
import type { JsonPath } from '../documents/json-document.ts'

/** A place that sets a key. */
export interface Origin {
  /** The document's path. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The revision at which the document was last written. */
  readonly revision: bigint
  readonly value: ConfigValue
}

/** Where a value comes from. */
export interface Explanation extends Origin {
  /** What the layers below say of the same key, the nearest first. For a mapping, these add to it. */
  readonly below: readonly Origin[]
}

/** `database.pool.max`, or its parts as a list when one of them contains a dot. */
export type KeyPath = string | readonly (string | number)[]

export function explain(documents: readonly ConfigDocument[], keyPath: KeyPath): Explanation | undefined {
  const path = parseKeyPath(keyPath)
  let origins: Origin[] = []
  for (const document of documents) {
    const found = find(document.value, path)
    if (found === 'replaced') origins = []
    else if (found !== undefined) {
      const { line, column } = document.locator()(path)
      origins.unshift({ path: document.path, line, column, revision: document.revision, value: found.value })
    }
  }
  const [first, ...below] = origins
  return first && { ...first, below }
}

export function parseKeyPath(keyPath: KeyPath): JsonPath {
  const path = typeof keyPath === 'string' ? keyPath.split('.') : keyPath
  if (path.length === 0 || path.includes('')) {
    throw new WaypostError('invalid-argument', `The key ${JSON.stringify(keyPath)} is empty or has an empty part.`)
  }
  return path
}

/** `replaced`: the document puts something else where the path leads through, which hides the layers below. */
function find(root: ConfigObject, path: JsonPath): { readonly value: ConfigValue } | 'replaced' | undefined {
  let value: ConfigValue = root
  for (const step of path) {
    const child = childOf(value, step)
    if (child === undefined) return isConfigObject(value) ? undefined : 'replaced'
    value = child.value
  }
  return { value }
}

function childOf(value: ConfigValue, step: string | number): { readonly value: ConfigValue } | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  if (Array.isArray(value) && !/^\d+$/.test(String(step))) return undefined
  return { value: Reflect.get(value, step) }
}
