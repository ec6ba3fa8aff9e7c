import { checkOptions, checkOptionsIfGiven } from '@waypost/core/options'
import type { RequestOp, ResponseOp } from '@waypost/protocol'
import type { Key, RangeSelector } from '../keys/key.ts'
import type { KeySpace } from '../keys/key-space.ts'
import type { KeyValue } from '../keys/key-value.ts'
import {
  type DeleteFlags,
  type DeleteResult,
  deleteFlagKinds,
  type GetFlags,
  getFlagKinds,
  type PutFlags,
  type PutResult,
  putFlagKinds,
  type RangeFlags,
  type RangePage,
  rangeFlagKinds,
} from '../kv/kv-options.ts'
import { deleteRequest, getRequest, putRequest, rangeRequest } from '../kv/kv-request.ts'
import { deleteResult, present, putResult, rangePage } from '../kv/kv-response.ts'

/** A step of a transaction, made by `put`, `get`, `list`, `del` or `Txn.asOperation`. `Result` is what it returns. */
export class Operation<Result> {
  /** Whether it can change anything. */
  readonly writes: boolean
  /** Only for the compiler: what the step returns. */
  declare readonly result?: Result
  /** @internal */
  readonly encode: (space: KeySpace) => RequestOp
  /** @internal `revision` is that of the whole transaction: inner answers do not all carry one. */
  readonly decode: (response: ResponseOp, revision: bigint, space: KeySpace) => Result

  /** @internal */
  constructor(
    writes: boolean,
    encode: (space: KeySpace) => Partial<RequestOp>,
    decode: (response: ResponseOp, revision: bigint, space: KeySpace) => Result,
  ) {
    this.writes = writes
    this.encode = (space) => ({ ...noRequest, ...encode(space) })
    this.decode = decode
  }
}

const noRequest: RequestOp = Object.freeze({
  requestRange: undefined,
  requestPut: undefined,
  requestDeleteRange: undefined,
  requestTxn: undefined,
})

/** The results of a list of operations, in order. */
export type ResultsOf<Operations extends readonly Operation<unknown>[]> = {
  readonly [Index in keyof Operations]: Operations[Index] extends Operation<infer Result> ? Result : never
}

/** Writes a key. */
export function put(key: Key, value: string | Uint8Array, flags?: PutFlags): Operation<PutResult> {
  checkOptionsIfGiven('put', flags, putFlagKinds)
  return new Operation(
    true,
    (space) => ({ requestPut: putRequest(space.key(key), value, flags) }),
    (response, revision, space) => putResult(present(response.responsePut), revision, space),
  )
}

/** Reads one key. */
export function get(key: Key, flags?: GetFlags): Operation<KeyValue | undefined> {
  checkOptionsIfGiven('get', flags, getFlagKinds)
  return new Operation(
    false,
    (space) => ({ requestRange: getRequest(space.key(key), flags) }),
    (response, _revision, space) => {
      const raw = present(response.responseRange).kvs[0]
      return raw === undefined ? undefined : space.keyValue(raw)
    },
  )
}

/** Reads a range of keys, in one piece. */
export function list(range: RangeSelector, flags: RangeFlags = {}): Operation<RangePage> {
  checkOptions('list', flags, rangeFlagKinds)
  return new Operation(
    false,
    (space) => ({ requestRange: rangeRequest(space.range(range), flags) }),
    (response, revision, space) => rangePage(present(response.responseRange), revision, space),
  )
}

/** Deletes a key, or a range of keys. An empty prefix is refused: say `{ all: true }`. */
export function del(target: Key | RangeSelector, flags?: DeleteFlags): Operation<DeleteResult> {
  checkOptionsIfGiven('del', flags, deleteFlagKinds)
  return new Operation(
    true,
    (space) => ({ requestDeleteRange: deleteRequest(space.deletionRange(target), flags) }),
    (response, revision, space) => deleteResult(present(response.responseDeleteRange), revision, space),
  )
}
