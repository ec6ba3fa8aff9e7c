import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Clock, type Deferred, deferred, messageOf, Slices, systemClock, type Timer } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import { copyInThread } from './copy-in-thread.ts'
import { DamagedTreeError } from './damaged-tree-error.ts'
import { parseRevisionKey, revisionKey } from './lmdb-keys.ts'
import { scanRevisions } from './lmdb-scan.ts'
import { LmdbTrees } from './lmdb-trees.ts'
import { PendingQueue } from './pending-changes.ts'
import { checkedEnd, revisionChecksumBytes, revisionSeed } from './record-checksum.ts'
import { RevisionTable } from './revision-table.ts'
import type { Checkpoint, LeaseRecord, PinnedFile, RevisionRecord, RevisionVisitor, Storage } from './storage.ts'
import { RunningDigest } from './tree-digest.ts'
import { inspectTree, isFaultless, revisionsName, type TreeInspection, treeFileName } from './tree-inspection.ts'
import { ValueCache } from './value-cache.ts'
import { type Verdict, verifyInThread } from './verify-in-thread.ts'

/** How long changes wait for company before they are committed. */
const commitDelayMs = 100
const retryCommitMs = 1_000
/** Writers pause when this number of bytes is not durable yet. */
const maxPendingBytes = 64 * 1024 * 1024
const valueCacheBytes = 32 * 1024 * 1024
/** Where a second processor is there to do it, a larger file is verified in a thread. */
const verifyInThreadFromBytes = availableParallelism() > 1 ? 64 * 1024 * 1024 : Number.POSITIVE_INFINITY
/** How many damaged revisions are warned of. */
const maxWarnings = 100

export interface LmdbStorageOptions {
  readonly path: string
  /** The data directory's name in messages. */
  readonly directory: string
  /** What FORMAT calls the data directory. Default: nothing. */
  readonly directoryId?: string | undefined
  /** What the tree holds, when it was inspected already. Default: all but its revisions is inspected now. */
  readonly inspection?: TreeInspection | undefined
  /** Times the commits. Default: the system's clock. */
  readonly clock?: Clock | undefined
  /** Where commits wait for their turn. Default: the event loop's. */
  readonly slices?: Slices | undefined
  readonly onWarning?: ((message: string) => void) | undefined
  /** A file of this size or more is verified in a thread of its own while it is loaded. Default 64 MiB. */
  readonly verifyInThreadFromBytes?: number | undefined
}

/**
 * Storage in an LMDB tree. Changes gather in memory, are served from there, and are committed in the background,
 * each commit one atomic, synced transaction that ends at a checkpoint. The log in front of it holds whatever
 * is not committed yet.
 */
export class LmdbStorage implements Storage {
  readonly recovered: Checkpoint | undefined
  readonly damaged: TreeInspection['damaged']
  /** Whether every revision was checked before the tree was opened. */
  readonly #isInspected: boolean
  /** Damage was found while it was loaded: from then on nothing is written to it. */
  #isAbandoned = false
  readonly #verifyInThreadFromBytes: number
  /** Under way while, and after, the tree is loaded. */
  #verifying: Promise<Verdict> | undefined
  /** Exchanged by `defragment` for a copy of the same content. */
  #trees: LmdbTrees
  readonly #directory: string
  readonly #directoryId: string
  /** Revisions that are not committed. Those above `#committedMain` are here, the others in the tree. */
  readonly #overlay = new RevisionTable()
  readonly #cache = new ValueCache(valueCacheBytes)
  #committedMain: number
  #lastMain: number
  readonly #leases = new Map<bigint, LeaseRecord>()
  readonly #entries = new Map<string, Uint8Array>()
  readonly #pending = new PendingQueue()
  /** Of everything that was changed, committed or not. */
  readonly #digest: RunningDigest
  /** Damaged revisions that were warned of. */
  readonly #warned = new Set<string>()
  readonly #clock: Clock
  readonly #slices: Slices
  readonly #onWarning: (message: string) => void
  readonly #durableListeners: (() => void)[] = []
  /** Settled with the next commit. */
  #waiting: Deferred<void> | undefined
  #durableIndex: number
  /** The bytes in use after the last commit. */
  #committedBytes: number
  #committing: Promise<void> | undefined
  #timer: Timer | undefined
  /** Whether a commit waits for its turn. */
  #isTurnPlanned = false
  #isFailing = false
  /** Reads the file in another thread. */
  #pins = 0
  #unpinned: Deferred<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: LmdbStorageOptions) {
    this.#clock = options.clock ?? systemClock
    this.#slices = options.slices ?? new Slices()
    this.#onWarning = options.onWarning ?? (() => {})
    this.#verifyInThreadFromBytes = options.verifyInThreadFromBytes ?? verifyInThreadFromBytes
    this.#directory = options.directory
    this.#directoryId = options.directoryId ?? ''
    const inspection = options.inspection ?? inspectTree(options.path, { hasChecksums: true, revisions: 'none' })
    this.#trees = new LmdbTrees(options.path, options.directory, this.#directoryId)
    for (const [id, ttlSeconds] of inspection.leases) this.#leases.set(id, { id, ttlSeconds })
    for (const [name, value] of inspection.entries) this.#entries.set(name, value)
    this.damaged = inspection.damaged
    this.#isInspected = inspection.hasRevisions
    const { checkpoint } = inspection
    this.#digest = new RunningDigest(checkpoint?.digest)
    this.recovered = checkpoint && { appliedIndex: checkpoint.appliedIndex, revision: checkpoint.revision }
    this.#durableIndex = this.recovered?.appliedIndex ?? 0
    this.#committedMain = this.recovered?.revision ?? 0
    this.#lastMain = this.#committedMain
    this.#committedBytes = this.size.inUseBytes
  }

  get durableIndex(): number {
    return this.#durableIndex
  }

  get size(): { readonly bytes: number; readonly inUseBytes: number } {
    return this.#trees.size
  }

  get usedBytes(): number {
    return this.#committedBytes + this.#pending.bytes
  }

  putRevision(record: RevisionRecord): void {
    this.#lastMain = record.main
    this.#overlay.add(record)
    this.#digest.addRevision(record.main, record.sub, record.tombstone)
    this.#pending.putRevision(record)
    if (this.#pending.isFull && this.#committing === undefined) this.#continue()
  }

  deleteRevision(main: number, sub: number, tombstone: boolean): void {
    this.#overlay.delete(main, sub)
    this.#cache.delete(main, sub)
    this.#digest.removeRevision(main, sub, tombstone)
    this.#pending.deleteRevision(main, sub, tombstone)
  }

  putLease(lease: LeaseRecord): void {
    this.#digest.changeLease(lease.id, this.#leases.get(lease.id)?.ttlSeconds, lease.ttlSeconds)
    this.#leases.set(lease.id, lease)
    this.#pending.putLease(lease.id, lease.ttlSeconds)
  }

  deleteLease(id: bigint): void {
    this.#digest.changeLease(id, this.#leases.get(id)?.ttlSeconds, undefined)
    this.#leases.delete(id)
    this.#pending.putLease(id, undefined)
  }

  putEntry(name: string, value: Uint8Array | undefined): void {
    this.#digest.changeEntry(name, this.#entries.get(name), value)
    if (value === undefined) this.#entries.delete(name)
    else this.#entries.set(name, value)
    this.#pending.putEntry(name, value)
  }

  checkpoint(at: Checkpoint): void {
    this.#pending.checkpoint(at, this.#digest.value)
    if (this.#committing !== undefined || this.#isFailing || this.#isAbandoned) return
    this.#continue()
  }

  get(main: number, sub: number): Uint8Array | undefined {
    if (main > this.#committedMain) {
      const record = this.#overlay.get(main, sub)
      return record === undefined || record.tombstone ? undefined : record.kv
    }
    const cached = this.#cache.get(main, sub)
    if (cached !== undefined) return cached
    const kv = this.#trees.valueOf(main, sub)
    if (kv === 'damaged') throw this.#damage(main, sub)
    return kv && this.#cache.add(main, sub, kv)
  }

  scan(from: number, to: number, visit: (record: RevisionRecord) => boolean, fromSub = 0): void {
    if (from <= this.#committedMain) {
      const start = Buffer.from(revisionKey(from, fromSub, false))
      const end = Buffer.from(revisionKey(Math.min(to, this.#committedMain) + 1, 0, false))
      for (const { key, value } of this.#trees.revisions.getRange({ start, end })) {
        const { main, sub, tombstone } = parseRevisionKey(key)
        const messageEnd = checkedEnd(value, 0, value.length, revisionSeed(main, sub, tombstone))
        if (messageEnd < 0) throw this.#damage(main, sub)
        if (!visit({ main, sub, tombstone, kv: value.subarray(0, messageEnd) })) return
      }
    }
    const last = Math.min(to, this.#lastMain)
    for (let main = Math.max(from, this.#committedMain + 1); main <= last; main++)
      for (const record of this.#overlay.at(main, main === from ? fromSub : 0)) if (!visit(record)) return
  }

  load(visit: RevisionVisitor): void {
    const { path } = this.#trees
    const last = this.#committedMain
    const take: RevisionVisitor = (main, sub, tombstone, bytes, start, end) => {
      if (main <= last) visit(main, sub, tombstone, bytes, start, end)
      // Written ahead of a checkpoint that was never reached. The log has the command, which writes it again.
      else this.#pending.deleteRevision(main, sub, tombstone)
    }
    if (this.#isInspected) {
      scanRevisions(path, revisionsName, take, { keepsDamagedValues: true })
      return
    }
    if ((statSync(join(path, treeFileName), { throwIfNoEntry: false })?.size ?? 0) >= this.#verifyInThreadFromBytes) {
      this.#verifying = verifyInThread(path)
      this.#verifying.catch(() => {})
    }
    const inspection = this.#inspectWhileLoading(path, take)
    if (!isFaultless(inspection)) throw this.#abandon(inspection.problems[0])
  }

  async loaded(): Promise<void> {
    const verdict = await this.#verifying
    this.#verifying = undefined
    if (verdict?.isFaultless === false) throw this.#abandon(verdict.problem)
  }

  #inspectWhileLoading(path: string, take: RevisionVisitor): TreeInspection {
    try {
      return inspectTree(path, {
        hasChecksums: true,
        revisions: 'all',
        verifiesRevisions: this.#verifying === undefined,
        visit: (main, sub, tombstone, bytes, start, end) =>
          take(main, sub, tombstone, bytes, start, end - revisionChecksumBytes),
      })
    } catch (error) {
      // What is not verified yet may be anything.
      throw this.#verifying === undefined ? error : this.#abandon(messageOf(error))
    }
  }

  #abandon(problem = 'its checksums do not match'): DamagedTreeError {
    this.#isAbandoned = true
    return new DamagedTreeError(join(this.#trees.path, treeFileName), problem)
  }

  leases(): LeaseRecord[] {
    return [...this.#leases.values()]
  }

  entry(name: string): Uint8Array | undefined {
    return this.#entries.get(name)
  }

  entries(prefix: string): [name: string, value: Uint8Array][] {
    return [...this.#entries].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
  }

  onDurable(listener: () => void): void {
    this.#durableListeners.push(listener)
  }

  room(): Promise<void> | undefined {
    if (this.#pending.bytes <= maxPendingBytes) return undefined
    if (this.#waiting === undefined) {
      this.#waiting = deferred()
      this.#waiting.promise.catch(() => {})
    }
    return this.#waiting.promise
  }

  async flush(): Promise<void> {
    if (this.#isAbandoned) throw new Error('The tree is damaged.')
    const wanted = this.#pending.seal()
    if (this.#committing !== undefined) await this.#committing.catch(() => {})
    while (this.#pending.settledCount < wanted) await this.#commit()
  }

  async pinFile(): Promise<PinnedFile | undefined> {
    await this.flush().catch(() => {})
    while (this.#committing !== undefined) await this.#committing.catch(() => {})
    if (this.#isFailing || this.#closing !== undefined) return undefined
    const at = { appliedIndex: this.#durableIndex, revision: this.#committedMain }
    const { path: treePath } = this.#trees
    const { meta, release } = this.#trees.pin()
    this.#pins += 1
    return {
      treePath,
      meta,
      at,
      release: () => {
        release()
        this.#pins -= 1
        if (this.#pins === 0) this.#unpinned?.resolve()
        if (this.#pins === 0) this.#unpinned = undefined
      },
    }
  }

  /**
   * Moves everything into a fresh tree at `path`, without the gaps that deletions have left. Reads go on; what is
   * written meanwhile stays in the log and in memory until it is done. When it rejects, the old tree stays in use.
   *
   * @param path an empty directory
   * @param adopt makes the copy, which is durable by then, the one that is opened at the next start
   */
  async defragment(path: string, adopt: () => Promise<void>): Promise<void> {
    await this.flush()
    while (this.#committing !== undefined || this.#pins > 0) {
      if (this.#pins > 0) {
        this.#unpinned ??= deferred()
        await this.#unpinned.promise
      }
      await this.#committing?.catch(() => {})
    }
    this.#committing = this.#moveTo(path, adopt).finally(() => {
      this.#committing = undefined
      this.#continue()
    })
    return this.#committing
  }

  async #moveTo(path: string, adopt: () => Promise<void>): Promise<void> {
    const old = this.#trees
    await copyInThread({ from: old.path, to: path, directory: this.#directory, directoryId: this.#directoryId })
    const trees = new LmdbTrees(path, this.#directory, this.#directoryId)
    try {
      await adopt()
    } catch (error) {
      await trees.close()
      throw error
    }
    this.#trees = trees
    this.#committedBytes = this.size.inUseBytes
    await old.close()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#verifying?.catch(() => {})
    try {
      await this.flush()
    } catch {
      // Reported already. The log has what the tree lacks.
    }
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#trees.close()
  }

  /** What was read is not what was written. Reported to the operator once for each revision. */
  #damage(main: number, sub: number): EngineError {
    const revision = `${main}.${sub}`
    if (!this.#warned.has(revision) && this.#warned.size < maxWarnings) {
      this.#warned.add(revision)
      this.#onWarning(damageMessage(this.#directory, revision))
    }
    return new EngineError('corrupt')
  }

  /** Commits in a turn in which no other long work is done. */
  #planCommit(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#isTurnPlanned) return
    this.#isTurnPlanned = true
    void this.#slices.turn().then(() => {
      this.#isTurnPlanned = false
      if (this.#closing === undefined) this.#commit().catch(() => {})
    })
  }

  /** Commits the next stretch up to a checkpoint; rejects when the tree refuses it, which is then kept. */
  #commit(): Promise<void> {
    this.#committing ??= this.#commitNext().finally(() => {
      this.#committing = undefined
      this.#continue()
    })
    return this.#committing
  }

  async #commitNext(): Promise<void> {
    const changes = this.#pending.take()
    if (changes === undefined) return
    try {
      await this.#trees.write(changes)
    } catch (error) {
      this.#pending.putBack(changes)
      if (!this.#isFailing)
        this.#onWarning(`The data cannot be written, so the log grows until it can: ${messageOf(error)}`)
      this.#isFailing = true
      this.#waiting?.reject(error)
      this.#waiting = undefined
      throw error
    }
    this.#isFailing = false
    this.#trees.root.resetReadTxn()
    for (const main of this.#overlay.mains()) {
      if (main > changes.at.revision) break
      this.#overlay.deleteMain(main)
    }
    this.#committedMain = changes.at.revision
    this.#committedBytes = this.size.inUseBytes
    this.#durableIndex = changes.at.appliedIndex
    this.#pending.settle(changes)
    for (const listener of this.#durableListeners) listener()
    this.#waiting?.resolve()
    this.#waiting = undefined
  }

  /** Commits what has gathered: soon, or, when it is enough, in the next turn. */
  #continue(): void {
    if (this.#closing !== undefined || this.#pending.isEmpty) return
    if (this.#pending.isFull && !this.#isFailing) this.#planCommit()
    else
      this.#timer ??= this.#clock.after(this.#isFailing ? retryCommitMs : commitDelayMs, () => this.#planCommit(), {
        ref: false,
      })
  }
}

function damageMessage(directory: string, revision: string): string {
  return (
    `Revision ${revision} in ${directory} is damaged: its checksum does not match, so requests that need it are refused. ` +
    'Put or delete its key to replace it, or restore a backup. `waypost check data` lists what is damaged.'
  )
}
