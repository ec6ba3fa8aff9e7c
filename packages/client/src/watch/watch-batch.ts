import type { KeyValue } from '../keys/key-value.ts'

/** One change of one key. */
export interface WatchEvent {
  readonly type: 'put' | 'delete'
  readonly key: string
  /** After a put: the key as it is now. After a delete: only `key` and `modRevision` mean anything. */
  readonly kv: KeyValue
  /** The key as it was before, when `prevKv` asked for it, it existed, and it is not compacted. */
  readonly previous: KeyValue | undefined
}

/** What one revision changed in the watched range, complete. */
export interface WatchBatch {
  readonly revision: bigint
  /** In the order in which they happened. Empty only for the progress that `progressNotify` asks for. */
  readonly events: readonly WatchEvent[]
}
