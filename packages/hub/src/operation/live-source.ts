/** One step of a live read. */
export interface LiveChange {
  /** The revision of the store that the state has with this change. Rises from one change to the next. */
  readonly revision: bigint
  /** JSON: what changed, for the event `change`. */
  readonly data: unknown
}

/** What a reader has missed. */
export interface MissedChanges {
  /** The changes lead to the state at this revision. */
  readonly revision: bigint
  readonly changes: readonly LiveChange[]
}

/** What a live read follows: a state, and its changes by revision. */
export interface LiveSource {
  /** The revision of the state. */
  readonly revision: bigint
  /** Since when the state may be out of date, because the store does not answer. */
  readonly staleSince: Date | undefined
  /** The state: an object of JSON. `revision` and `staleSince` are added to it. */
  read(): object
  /** Calls the listener for every change and whenever `staleSince` comes or goes. Returns the function that stops. */
  onChange(listener: (change: LiveChange | 'stale') => void): () => void
  /**
   * What has changed after `since`, read from the history of the store. Fails with `compacted` when the store has
   * forgotten that, and with `future-revision` when it has not come so far: then it is not the store of before.
   * Absent: whoever missed something begins again.
   */
  changesSince?(since: bigint, signal: AbortSignal): Promise<MissedChanges>
  /**
   * Instead of `changesSince`, for a source that cannot tell where the past ends: every change after `since`, in order and
   * without an end. Fails in the same way.
   */
  replay?(since: bigint, signal: AbortSignal): AsyncIterable<LiveChange>
  /** Fails when the caller may not read this any more. Asked now and then while somebody follows. */
  recheck?(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
