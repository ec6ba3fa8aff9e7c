import { isDeepStrictEqual } from 'node:util'
import { type Redactor, redacted } from '../secrets/redactor.ts'

/** One key of a configuration that is not what it was. Secrets are shown as `[secret]`. */
export interface KeyDifference {
  readonly keyPath: readonly string[]
  /** Absent when the key is new. */
  readonly from: unknown
  /** Absent when the key is gone. */
  readonly to: unknown
}

/**
 * What is different between two configurations, key by key, down to values that are no mappings. A list is one value.
 * `before` hides the secrets of the previous one, `after` those of the current one.
 */
export function differencesOf(previous: unknown, current: unknown, before: Redactor, after: Redactor): KeyDifference[] {
  return [...compare(previous, current, [], before, after)]
}

function* compare(
  previous: unknown,
  current: unknown,
  path: readonly string[],
  before: Redactor,
  after: Redactor,
): Generator<KeyDifference> {
  if (previous === current || isDeepStrictEqual(previous, current)) return
  if (isMapping(previous) && isMapping(current)) {
    for (const key of new Set([...Object.keys(previous), ...Object.keys(current)])) {
      yield* compare(own(previous, key), own(current, key), [...path, key], before, after)
    }
    return
  }
  const secret = before.isSecret(path) || after.isSecret(path)
  const shown = (value: unknown, redactor: Redactor): unknown =>
    value === undefined ? undefined : secret ? redacted : redactor.value(value, path)
  yield { keyPath: path, from: shown(previous, before), to: shown(current, after) }
}

function own(mapping: object, key: string): unknown {
  return Object.hasOwn(mapping, key) ? Reflect.get(mapping, key) : undefined
}

function isMapping(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
