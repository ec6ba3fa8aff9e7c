/**
 * What the engine answers. Key-value pairs are marshalled `mvccpb.KeyValue` messages, to be spliced into
 * responses as they are (see `ResponseEncoder`); they must not be written to.
 */

export interface RangeResult {
  /** The store's revision when the range was read, for the header. */
  readonly revision: number
  readonly kvs: readonly Uint8Array[]
  /** Keys in the range, whatever the limit and the filters. */
  readonly count: number
  /** Whether the limit cut something off. */
  readonly more: boolean
}

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
