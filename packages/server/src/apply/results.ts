import type { RangeResult } from '../mvcc/range.ts'
import type { AlarmRecord } from './alarms.ts'

export type { RangeResult } from '../mvcc/range.ts'

/**
 * What the engine answers. Key-value pairs are marshalled `mvccpb.KeyValue` messages, to be spliced into
 * responses as they are (see `ResponseEncoder`); they must not be written to.
 */

export interface PutResult {
  /** The revision of the put. */
  readonly revision: number
  readonly prevKv: Uint8Array | undefined
}

export interface DeleteRangeResult {
  /** The revision of the deletion, or the store's revision when nothing was deleted. */
  readonly revision: number
  readonly deleted: number
  /** In the order of the keys; empty unless asked for. */
  readonly prevKvs: readonly Uint8Array[]
  /** What `prevKvs` take as fields of an answer. */
  readonly prevKvsBytes: number
}

export interface TxnResult {
  /** The store's revision after the transaction. */
  readonly revision: number
  readonly succeeded: boolean
  readonly responses: readonly TxnOpResult[]
}

export type TxnOpResult =
  | { readonly kind: 'range'; readonly result: RangeResult }
  | { readonly kind: 'put'; readonly result: PutResult }
  | { readonly kind: 'deleteRange'; readonly result: DeleteRangeResult }
  | { readonly kind: 'txn'; readonly result: TxnResult }

export interface CompactionResult {
  readonly revision: number
}

export interface LeaseGrantResult {
  readonly revision: number
  readonly id: bigint
  readonly ttlSeconds: number
}

export interface LeaseRevokeResult {
  readonly revision: number
}

export interface AuthResult {
  readonly revision: number
}

export interface AlarmResult {
  readonly revision: number
  /** The alarms that were asked for, raised or disarmed. */
  readonly alarms: readonly AlarmRecord[]
}
