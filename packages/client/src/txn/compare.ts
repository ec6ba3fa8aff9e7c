import type * as wire from '@waypost/protocol'
import { Compare_CompareResult, Compare_CompareTarget } from '@waypost/protocol'
import { bytesOf } from '../keys/bytes.ts'
import { toInt64 } from '../keys/int64.ts'
import type { Int64, Key, RangeSelector } from '../keys/key.ts'
import type { KeySpace } from '../keys/key-space.ts'

/** A condition of a transaction. A range condition holds when it holds for every key in the range. */
export class Condition {
  /** Only for the compiler: no other object is a condition. */
  declare protected readonly nominal: true
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

/** The target and operand of a comparison, as they stand in the message. */
type Operand = Pick<wire.Compare, 'target'> &
  Partial<Pick<wire.Compare, 'version' | 'createRevision' | 'modRevision' | 'value' | 'lease'>>

/** Compares the value. A key that does not exist fails every comparison of its value. */
export function value(of: Key | RangeSelector): Comparable<string | Uint8Array> {
  return comparable(of, (operand) => ({
    target: Compare_CompareTarget.VALUE,
    value: bytesOf(operand, 'A value'),
  }))
}

/** Compares the version; it is 0 when the key does not exist. */
export function version(of: Key | RangeSelector): Comparable<Int64> {
  return comparable(of, (operand) => ({
    target: Compare_CompareTarget.VERSION,
    version: toInt64(operand, 'version'),
  }))
}

/** Compares the revision at which the key was created; it is 0 when the key does not exist. */
export function createRevision(of: Key | RangeSelector): Comparable<Int64> {
  return comparable(of, (operand) => ({
    target: Compare_CompareTarget.CREATE,
    createRevision: toInt64(operand, 'createRevision'),
  }))
}

/** Compares the revision of the last change; it is 0 when the key does not exist. */
export function modRevision(of: Key | RangeSelector): Comparable<Int64> {
  return comparable(of, (operand) => ({
    target: Compare_CompareTarget.MOD,
    modRevision: toInt64(operand, 'modRevision'),
  }))
}

/** Compares the lease; it is 0 when there is none. */
export function lease(of: Key | RangeSelector): Comparable<Int64> {
  return comparable(of, (operand) => ({ target: Compare_CompareTarget.LEASE, lease: toInt64(operand, 'lease') }))
}

function comparable<T>(of: Key | RangeSelector, operandOf: (operand: T) => Operand): Comparable<T> {
  const make =
    (result: number) =>
    (operand: T): Condition => {
      const fields = operandOf(operand)
      return new Condition((space) => ({
        result,
        version: undefined,
        createRevision: undefined,
        modRevision: undefined,
        value: undefined,
        lease: undefined,
        ...space.target(of),
        ...fields,
      }))
    }
  return {
    equals: make(Compare_CompareResult.EQUAL),
    notEquals: make(Compare_CompareResult.NOT_EQUAL),
    greaterThan: make(Compare_CompareResult.GREATER),
    lessThan: make(Compare_CompareResult.LESS),
  }
}
