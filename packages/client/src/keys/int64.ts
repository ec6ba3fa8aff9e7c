import { invalidArgument } from '@waypost/core'
import type { Int64 } from './key.ts'

/** Reads a 64-bit integer that a caller passed in. `name` says which, in the error. */
export function toInt64(value: Int64, name: string): bigint {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) === value) return value
  } else if (Number.isSafeInteger(value)) return BigInt(value)
  throw invalidArgument(`${name} must be a 64-bit integer, as a bigint or a safe integer; got ${value}.`)
}

/** Member ids use all 64 bits without a sign. */
export function toUint64(id: Int64): bigint {
  return typeof id === 'bigint' ? BigInt.asUintN(64, id) : toInt64(id, 'id')
}
