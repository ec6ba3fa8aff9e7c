import type { Meta } from './lmdb-format.ts'

/** One version of one key as it is stored. */
export interface RevisionRecord {
  readonly main: number
  readonly sub: number
  readonly tombstone: boolean
  /** The marshalled `mvccpb.KeyValue`. */
  readonly kv: Uint8Array
}

export interface LeaseRecord {
  readonly id: bigint
  readonly ttlSeconds: number
}

/** A point between two commands at which the stored state is consistent. */
export interface Checkpoint {
  /** The last applied command. */
  readonly appliedIndex: number
  readonly revision: number
}

/** The file that a tree is in, as of one checkpoint. What it says of that checkpoint stays as it is until `release`. */
export interface PinnedFile {
  /** The folder of the file. */
  readonly treePath: string
  /** Where in the file the trees of the checkpoint are. Can be sent to another thread. */
  readonly meta: Meta
  readonly at: Checkpoint
  /** Must be called when nobody reads the file any more. */
  release(): void
}

/** The message is in `bytes` from `start` to `end`, during the call only. */
export type RevisionVisitor = (
  main: number,
  sub: number,
  tombstone: boolean,
  bytes: Buffer,
  start: number,
  end: number,
) => void

/**
 * The tree behind the log: revisions, leases and small named entries. Changes are visible to the reads below at once and
 * become durable later, in the order in which they were made; only the state at a checkpoint ever becomes durable.
 */
export interface Storage {
  /** The checkpoint that the storage held when it was opened; undefined when it is new. */
  readonly recovered: Checkpoint | undefined
  /** The last command whose effects are durable. */
  readonly durableIndex: number
  /** Revisions whose values are known to be damaged: reading one throws `EngineError` with `corrupt`. */
  readonly damaged: readonly { readonly main: number; readonly sub: number }[]
  readonly size: { readonly bytes: number; readonly inUseBytes: number }
  /** Roughly what the data takes, cheap to ask: what is in use after the last commit, and what waits since. */
  readonly usedBytes: number

  putRevision(record: RevisionRecord): void
  /** Until the deletion is durable, `scan` may still show the revision. */
  deleteRevision(main: number, sub: number, tombstone: boolean): void
  putLease(lease: LeaseRecord): void
  deleteLease(id: bigint): void
  /** Stores a small value under a name, or deletes it. */
  putEntry(name: string, value: Uint8Array | undefined): void
  /** Ends the changes of a command. */
  checkpoint(at: Checkpoint): void

  /** The value stored for a put; undefined when it was deleted. Not to be written to. */
  get(main: number, sub: number): Uint8Array | undefined
  /**
   * Visits the revisions with `from` ≤ main ≤ `to` in order until `visit` returns false.
   *
   * @param fromSub leaves out what is below in the main revision `from`. Default 0.
   */
  scan(from: number, to: number, visit: (record: RevisionRecord) => boolean, fromSub?: number): void
  /** Visits every revision in order, fast. Must be called before anything is changed. */
  load(visit: RevisionVisitor): void
  /**
   * Resolves once everything that was loaded is known to be what was written; rejects with `DamagedTreeError` when it is
   * not. To be awaited before anything is committed or answered. Absent: `load` knows.
   */
  loaded?(): Promise<void>
  leases(): LeaseRecord[]
  entry(name: string): Uint8Array | undefined
  /** The entries whose names start with `prefix`, sorted by name. */
  entries(prefix: string): [name: string, value: Uint8Array][]

  /**
   * Makes everything up to now durable and keeps it in the file, for another thread to read. Undefined when that cannot
   * be had at present.
   */
  pinFile?(): Promise<PinnedFile | undefined>

  /** Calls the listener whenever `durableIndex` has risen. */
  onDurable(listener: () => void): void
  /**
   * Undefined: writers may go on. Otherwise so much waits to become durable that they must pause: the promise
   * resolves when some of it has, and rejects when that fails.
   */
  room(): Promise<void> | undefined
  /** Resolves when everything up to the last checkpoint is durable; rejects when the storage refuses. */
  flush(): Promise<void>
  /** Flushes if it can and releases everything. Idempotent. */
  close(): Promise<void>
}
