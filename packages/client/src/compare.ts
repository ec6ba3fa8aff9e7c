import type * as wire from '@waypost/protocol'
import type { Int64, Key, RangeSelector } from './key.ts'
import type { KeySpace } from './key-space.ts'

/** A condition of a transaction. A range condition holds when it holds for every key in the range. */
export class Condition {
  /** @internal */
  readonly encode: (space: KeySpace) => wire.Compare

  /** @internal */
  constructor(encode: (space: KeySpace) => wire.Compare) {
    this.encode = encode
  }
}

/** Something of a key that can be compared. */
export interface Comparable<T> {
  equals(operand: T): Condition
  notEquals(operand: T): Condition
  greaterThan(operand: T): Condition
  lessThan(operand: T): Condition
}

/** Compares the value. A key that does not exist fails every comparison of its value. */
export function value(_of: Key | RangeSelector): Comparable<string | Uint8Array> {
  throw new Error('not written yet')
}

/** Compares the version; it is 0 when the key does not exist. */
export function version(_of: Key | RangeSelector): Comparable<Int64> {
  throw new Error('not written yet')
}

/** Compares the revision at which the key was created; it is 0 when the key does not exist. */
export function createRevision(_of: Key | RangeSelector): Comparable<Int64> {
  throw new Error('not written yet')
}

/** Compares the revision of the last change; it is 0 when the key does not exist. */
export function modRevision(_of: Key | RangeSelector): Comparable<Int64> {
  throw new Error('not written yet')
}

/** Compares the lease; it is 0 when there is none. */
export function lease(_of: Key | RangeSelector): Comparable<Int64> {
  throw new Error('not written yet')
}
