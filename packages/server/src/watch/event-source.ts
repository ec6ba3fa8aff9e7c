import type { AppliedBatch, HistoryOptions, HistorySlice } from '../mvcc/event.ts'

/** What watching needs of the store. */
export interface EventSource {
  readonly revision: number
  /** −1 when the store was never compacted. */
  readonly compactRevision: number
  onApplied(listener: (batch: AppliedBatch) => void): () => void
  /** With places at which it can be interrupted. */
  history(options: HistoryOptions): Generator<void, HistorySlice>
  previous(key: string, revision: number): Uint8Array | undefined
}
