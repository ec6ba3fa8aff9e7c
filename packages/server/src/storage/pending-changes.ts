import type { Checkpoint, RevisionRecord } from './storage.ts'
import { emptyDigest, type TreeDigest } from './tree-digest.ts'

/** How much a commit takes, roughly: what blocks the thread for a millisecond. */
const maxChanges = 500
const maxBytes = 256 * 1024

/** What a change costs beyond its value. */
const overheadBytes = 64

export interface RevisionChange {
  readonly main: number
  readonly sub: number
  readonly tombstone: boolean
  /** Undefined: the revision is deleted. */
  readonly record: RevisionRecord | undefined
}

/** The changes between two checkpoints. */
export interface PendingChanges {
  readonly revisions: RevisionChange[]
  /** The TTL in seconds, or undefined for a lease that is gone. */
  readonly leases: Map<bigint, number | undefined>
  readonly entries: Map<string, Uint8Array | undefined>
  bytes: number
  /** The checkpoint that the changes lead to, and the digest of the tree there. */
  at: Checkpoint
  digest: TreeDigest
}

/**
 * Changes that are not committed yet, in stretches that lead to a checkpoint. A stretch is taken, and then either
 * settled or put back; one at a time. So that no commit is longer than others can wait, a stretch may also hold the
 * first revisions above its checkpoint: after a crash they count as not written, and are written again.
 */
export class PendingQueue {
  /** Stretches that are as large as a commit should be. */
  #sealed: PendingChanges[] = []
  #open: PendingChanges = emptyChanges()
  /** Whether `#open` holds changes after its checkpoint, so that it must not be committed. */
  #isBetweenCheckpoints = false
  /** Whether what follows the checkpoint in `#open` is nothing but revisions above it. */
  #isAhead = true
  /** Whether `#open` leads to another state than the stretch before. */
  #isOpenWorthwhile = false
  #bytes = 0
  #sealedCount = 0
  #settledCount = 0

  /** What waits to become durable. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#sealed.length === 0 && !this.#isOpenWorthwhile
  }

  /** Whether a commit is worth its while. */
  get isFull(): boolean {
    return this.#sealed.length > 0
  }

  /** How many stretches have become durable. */
  get settledCount(): number {
    return this.#settledCount
  }

  putRevision(record: RevisionRecord): void {
    const { main, sub, tombstone } = record
    this.#open.revisions.push({ main, sub, tombstone, record })
    this.#grow(overheadBytes + record.kv.length)
    if (this.#isAhead && this.#isLarge && this.#open.at.appliedIndex >= 0) this.#sealOpen()
  }

  deleteRevision(main: number, sub: number, tombstone: boolean): void {
    this.#open.revisions.push({ main, sub, tombstone, record: undefined })
    this.#isAhead = false
    this.#grow(overheadBytes)
  }

  /** Undefined: the lease is gone. */
  putLease(id: bigint, ttlSeconds: number | undefined): void {
    this.#open.leases.set(id, ttlSeconds)
    this.#isAhead = false
    this.#grow(overheadBytes)
  }

  /** Undefined: the entry is gone. */
  putEntry(name: string, value: Uint8Array | undefined): void {
    this.#open.entries.set(name, value)
    this.#isAhead = false
    this.#grow(overheadBytes + (value?.length ?? 0))
  }

  /** @param digest of the whole tree at the checkpoint */
  checkpoint(at: Checkpoint, digest: TreeDigest): void {
    const open = this.#open
    if (!this.#isBetweenCheckpoints && open.at.appliedIndex === at.appliedIndex) return
    open.at = at
    open.digest = digest
    this.#isBetweenCheckpoints = false
    this.#isAhead = true
    this.#isOpenWorthwhile = true
    if (this.#isLarge) this.#sealOpen()
  }

  /** Makes what leads to the last checkpoint ready to be taken; returns the `settledCount` at which it is durable. */
  seal(): number {
    if (this.#isOpenWorthwhile && !this.#isBetweenCheckpoints) this.#sealOpen()
    return this.#sealedCount
  }

  /** The next stretch; undefined when there is none. */
  take(): PendingChanges | undefined {
    if (this.#sealed.length === 0) this.seal()
    return this.#sealed.shift()
  }

  putBack(changes: PendingChanges): void {
    this.#sealed.unshift(changes)
  }

  settle(changes: PendingChanges): void {
    this.#bytes -= changes.bytes
    this.#settledCount += 1
  }

  get #isLarge(): boolean {
    const { revisions, leases, entries, bytes } = this.#open
    return revisions.length + leases.size + entries.size >= maxChanges || bytes >= maxBytes
  }

  #grow(bytes: number): void {
    this.#open.bytes += bytes
    this.#bytes += bytes
    this.#isBetweenCheckpoints = true
  }

  #sealOpen(): void {
    this.#sealed.push(this.#open)
    this.#sealedCount += 1
    this.#open = { ...emptyChanges(), at: this.#open.at, digest: this.#open.digest }
    this.#isOpenWorthwhile = false
  }
}

function emptyChanges(): PendingChanges {
  return {
    revisions: [],
    leases: new Map(),
    entries: new Map(),
    bytes: 0,
    at: { appliedIndex: -1, revision: 0 },
    digest: emptyDigest,
  }
}
