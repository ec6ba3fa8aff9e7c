import type { RequestOp, ResponseOp } from '@waypost/protocol'
import type { Key, RangeSelector } from './key.ts'
import type { KeySpace } from './key-space.ts'
import type { KeyValue } from './key-value.ts'
import type { DeleteFlags, DeleteResult, GetFlags, PutFlags, PutResult, RangeFlags, RangePage } from './kv-options.ts'

/** A step of a transaction, made by `put`, `get`, `list`, `del` or `nested`. `Result` is what it gives. */
export class Operation<Result> {
  /** @internal */
  readonly encode: (space: KeySpace) => RequestOp
  /** @internal Whether it can change anything. */
  readonly writes: boolean
  /** @internal */
  readonly decode: (response: ResponseOp, revision: bigint, space: KeySpace) => Result

  /** @internal */
  constructor(
    writes: boolean,
    encode: (space: KeySpace) => RequestOp,
    decode: (response: ResponseOp, revision: bigint, space: KeySpace) => Result,
  ) {
    this.writes = writes
    this.encode = encode
    this.decode = decode
  }
}

/** The results of a list of operations, in order. */
export type ResultsOf<Operations extends readonly Operation<unknown>[]> = {
  readonly [Index in keyof Operations]: Operations[Index] extends Operation<infer Result> ? Result : never
}

/** Writes a key. */
export function put(_key: Key, _value: string | Uint8Array, _flags: PutFlags = {}): Operation<PutResult> {
  throw new Error('not written yet')
}

/** Reads one key. */
export function get(_key: Key, _flags: GetFlags = {}): Operation<KeyValue | undefined> {
  throw new Error('not written yet')
}

/** Reads a range of keys, in one piece. */
export function list(_range: RangeSelector, _flags: RangeFlags = {}): Operation<RangePage> {
  throw new Error('not written yet')
}

/** Deletes a key, or a range of keys. */
export function del(_target: Key | RangeSelector, _flags: DeleteFlags = {}): Operation<DeleteResult> {
  throw new Error('not written yet')
}
