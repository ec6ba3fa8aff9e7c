/** One change of one key. */
export interface MvccEvent {
  readonly type: 'put' | 'delete'
  /** The key's bytes as a latin1 string, whose order is the order of the bytes. */
  readonly key: string
  /** The marshalled `mvccpb.KeyValue` of the event. A delete's holds the key and the mod revision only. */
  readonly kv: Uint8Array
  /** Whether the put created the key, so that there is no previous value. */
  readonly created: boolean
}

/** All changes of one revision, in their order inside it. */
export interface AppliedBatch {
  readonly revision: number
  readonly events: readonly MvccEvent[]
  /** The lowest and the highest key among them, where that was noted while they were made. */
  readonly bounds?: KeyBounds
}

export interface KeyBounds {
  readonly first: string
  readonly last: string
}

export interface HistoryOptions {
  /** The first revision wanted. */
  readonly from: number
  /** The last revision wanted; at most the store's revision. */
  readonly to: number
  /** Stops after this number of revisions, wanted or not, so that a step stays short. */
  readonly maxRevisions: number
  /** Stops after the revision with which this number of changes was read, wanted or not. Default: no bound. */
  readonly maxChanges?: number | undefined
  /** Stops after the revision with which the events' bytes reach this number. Default: no bound. */
  readonly maxBytes?: number | undefined
  /** Whether a key is of interest. Default: every key. */
  readonly accepts?: ((key: string) => boolean) | undefined
}

export interface HistorySlice {
  /** Revisions with at least one accepted event, in order, each whole. */
  readonly batches: readonly AppliedBatch[]
  /** Where the next step starts: `to` + 1 when the slice reached the end. */
  readonly next: number
}
