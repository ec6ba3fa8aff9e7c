import { isDeepStrictEqual } from 'node:util'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import { redactText } from './redact.ts'

/** What became of one key. Mappings are followed down to their keys; a list is one value. */
export interface KeyChange {
  readonly keyPath: readonly string[]
  /** Absent when the key is new. */
  readonly from: ConfigValue | undefined
  /** Absent when the key is gone. */
  readonly to: ConfigValue | undefined
}

/** The changes that lead from one value to another, in the order of the keys. */
export function keyChanges(from: ConfigObject, to: ConfigObject): readonly KeyChange[] {
  const changes: KeyChange[] = []
  collect(from, to, [], changes)
  return changes
}

function collect(from: ConfigObject, to: ConfigObject, keyPath: readonly string[], changes: KeyChange[]): void {
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const before = own(from, key)
    const after = own(to, key)
    const path = [...keyPath, key]
    if (isConfigObject(before) && isConfigObject(after)) collect(before, after, path, changes)
    else if (!isDeepStrictEqual(before, after)) changes.push({ keyPath: path, from: before, to: after })
  }
}

function own(object: ConfigObject, key: string): ConfigValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** The changes as people may see them: without the encrypted values. */
export function redactChanges(changes: readonly KeyChange[]): readonly KeyChange[] {
  return changes.map(({ keyPath, from, to }) => ({ keyPath, from: redacted(from), to: redacted(to) }))
}

function redacted(value: ConfigValue | undefined): ConfigValue | undefined {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return value.map((item) => redacted(item) ?? null)
  if (!isConfigObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, redacted(child) ?? null]))
}
