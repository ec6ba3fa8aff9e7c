import { type Deferred, deferred, messageOf, systemClock, type Timer } from '@waypost/core'
import { asBuffer } from '@waypost/protocol'
import { type Database, open, type RootDatabase } from 'lmdb'
import { encodeCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { assertSoleReader } from './directory-lock.ts'
import { leaseKey, parseRevisionKey, revisionKey } from './lmdb-keys.ts'
import { scanRevisions } from './lmdb-scan.ts'
import { treeSize } from './lmdb-size.ts'
import { type PendingChanges, PendingQueue } from './pending-changes.ts'
import { RevisionTable } from './revision-table.ts'
import type { Checkpoint, LeaseRecord, RevisionRecord, RevisionVisitor, Storage } from './storage.ts'

/**
 * Address space for the tree, so that the map need not move as it grows; beyond, it moves. On Windows the file
 * would be as large as the map.
 */
const mapBytes = process.platform === 'win32' ? undefined : 64 * 2 ** 30
/** How long changes wait for company before they are committed. */
const commitDelayMs = 100
const retryCommitMs = 1_000
/** So many bytes not yet durable make writers pause. */
const maxPendingBytes = 64 * 1024 * 1024

const revisionsName = 'revisions'
const checkpointName = 'checkpoint'

export interface LmdbStorageOptions {
  readonly path: string
  /** The data directory's name in messages. */
  readonly directory: string
  readonly onWarning?: ((message: string) => void) | undefined
}

/**
 * Storage in an LMDB tree. Changes gather in memory, are served from there, and are committed in the background,
 * each commit one atomic, synced transaction that ends at a checkpoint. The log in front of it holds whatever
 * is not committed yet.
 */
export class LmdbStorage implements Storage {
  readonly recovered: Checkpoint | undefined
  readonly #root: RootDatabase<Buffer, Buffer>
  readonly #revisions: Database<Buffer, Buffer>
  readonly #leaseTree: Database<Buffer, Buffer>
  readonly #entryTree: Database<Buffer, Buffer>
  /** Revisions that are not committed. Those above `#committedMain` are here, the others in the tree. */
  readonly #overlay = new RevisionTable()
  #committedMain: number
  readonly #leases = new Map<bigint, LeaseRecord>()
  readonly #entries = new Map<string, Uint8Array>()
  readonly #pending = new PendingQueue()
  readonly #onWarning: (message: string) => void
  readonly #durableListeners: (() => void)[] = []
  /** Settled with the next commit. */
  #waiting: Deferred<void> | undefined
  #durableIndex: number
  /** The bytes in use after the last commit. */
  #committedBytes: number
  #committing: Promise<void> | undefined
  #timer: Timer | undefined
  #isFailing = false
  #closing: Promise<void> | undefined

  constructor(options: LmdbStorageOptions) {
    this.#onWarning = options.onWarning ?? (() => {})
    const encodings = { keyEncoding: 'binary', encoding: 'binary' } as const
    this.#root = open<Buffer, Buffer>({
      path: options.path,
      maxDbs: 4,
      // Commits that are durable when they are reported, in LMDB's own order of writes.
      overlappingSync: false,
      // A transaction is what one batch says, not whatever else happens in the same turn of the event loop.
      eventTurnBatching: false,
      ...(mapBytes === undefined ? {} : { mapSize: mapBytes }),
      ...encodings,
    })
    try {
      assertSoleReader(options.directory, this.#root)
    } catch (error) {
      this.#root.close().catch(() => {})
      throw error
    }
    this.#revisions = this.#root.openDB<Buffer, Buffer>({ name: revisionsName, ...encodings })
    this.#leaseTree = this.#root.openDB<Buffer, Buffer>({ name: 'leases', ...encodings })
    this.#entryTree = this.#root.openDB<Buffer, Buffer>({ name: 'entries', ...encodings })
    for (const { key, value } of this.#leaseTree.getRange())
      this.#leases.set(key.readBigInt64BE(), { id: key.readBigInt64BE(), ttlSeconds: Number(value.toString('ascii')) })
    for (const { key, value } of this.#entryTree.getRange()) this.#entries.set(key.toString('latin1'), value)
    this.recovered = parseCheckpoint(this.#entries.get(checkpointName))
    this.#durableIndex = this.recovered?.appliedIndex ?? 0
    this.#committedMain = this.recovered?.revision ?? 0
    this.#committedBytes = this.size.inUseBytes
  }

  get durableIndex(): number {
    return this.#durableIndex
  }

  get size(): { readonly bytes: number; readonly inUseBytes: number } {
    return treeSize(this.#root, [this.#revisions, this.#leaseTree, this.#entryTree])
  }

  get usedBytes(): number {
    return this.#committedBytes + this.#pending.bytes
  }

  putRevision(record: RevisionRecord): void {
    this.#overlay.add(record)
    this.#pending.putRevision(record)
  }

  deleteRevision(main: number, sub: number, tombstone: boolean): void {
    this.#overlay.delete(main, sub)
    this.#pending.deleteRevision(main, sub, tombstone)
  }

  putLease(lease: LeaseRecord): void {
    this.#leases.set(lease.id, lease)
    this.#pending.putLease(lease.id, lease.ttlSeconds)
  }

  deleteLease(id: bigint): void {
    this.#leases.delete(id)
    this.#pending.putLease(id, undefined)
  }

  putEntry(name: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#entries.delete(name)
    else this.#entries.set(name, value)
    this.#pending.putEntry(name, value)
  }

  checkpoint(at: Checkpoint): void {
    this.#pending.checkpoint(at)
    if (this.#committing !== undefined || this.#isFailing) return
    if (this.#pending.isFull) this.#startCommit()
    else this.#timer ??= systemClock.after(commitDelayMs, () => this.#startCommit(), { ref: false })
  }

  get(main: number, sub: number): Uint8Array | undefined {
    if (main > this.#committedMain) {
      const record = this.#overlay.get(main, sub)
      return record === undefined || record.tombstone ? undefined : record.kv
    }
    return this.#revisions.getBinary(revisionKey(main, sub, false))
  }

  scan(from: number, to: number, visit: (record: RevisionRecord) => boolean): void {
    if (from <= this.#committedMain) {
      const start = Buffer.from(revisionKey(from, 0, false))
      const end = Buffer.from(revisionKey(Math.min(to, this.#committedMain) + 1, 0, false))
      for (const { key, value } of this.#revisions.getRange({ start, end }))
        if (!visit({ ...parseRevisionKey(key), kv: value })) return
    }
    for (let main = Math.max(from, this.#committedMain + 1); main <= to; main++)
      for (const record of this.#overlay.at(main)) if (!visit(record)) return
  }

  load(visit: RevisionVisitor): void {
    scanRevisions(this.#root, revisionsName, visit)
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
    const wanted = this.#pending.seal()
    if (this.#committing !== undefined) await this.#committing.catch(() => {})
    while (this.#pending.settledCount < wanted) await this.#commit()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.flush()
    } catch {
      // Told already. The log has what the tree lacks.
    }
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#root.close()
  }

  #startCommit(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#commit().catch(() => {})
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
      await this.#write(changes)
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
    this.#root.resetReadTxn()
    for (const { record } of changes.revisions) if (record !== undefined) this.#overlay.deleteMain(record.main)
    this.#committedMain = changes.at.revision
    this.#committedBytes = this.size.inUseBytes
    this.#durableIndex = changes.at.appliedIndex
    this.#pending.settle(changes)
    for (const listener of this.#durableListeners) listener()
    this.#waiting?.resolve()
    this.#waiting = undefined
  }

  /** Goes on with what has gathered meanwhile. */
  #continue(): void {
    if (this.#closing !== undefined || this.#pending.isEmpty) return
    const delayMs = this.#isFailing ? retryCommitMs : this.#pending.isFull ? 0 : commitDelayMs
    this.#timer ??= systemClock.after(delayMs, () => this.#startCommit(), { ref: false })
  }

  async #write(changes: PendingChanges): Promise<void> {
    try {
      await this.#root.batch(() => {
        for (const { main, sub, tombstone, record } of changes.revisions) {
          const key = revisionKey(main, sub, tombstone)
          if (record === undefined) this.#revisions.remove(key)
          else this.#revisions.put(key, asBuffer(record.kv))
        }
        for (const [id, ttlSeconds] of changes.leases) {
          if (ttlSeconds === undefined) this.#leaseTree.remove(leaseKey(id))
          else this.#leaseTree.put(leaseKey(id), Buffer.from(String(ttlSeconds)))
        }
        for (const [name, value] of changes.entries) {
          const key = Buffer.from(name, 'latin1')
          if (value === undefined) this.#entryTree.remove(key)
          else this.#entryTree.put(key, asBuffer(value))
        }
        this.#entryTree.put(Buffer.from(checkpointName), encodeCheckpoint(changes.at))
      })
    } catch (error) {
      throw await reasonOf(error)
    }
  }
}

/** LMDB's promise of a commit rejects with an error that only points at another promise, which tells why. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error
  const isLate = new Promise((resolve) => setImmediate(resolve, error))
  return Promise.race([error.commitError, isLate]).catch((cause: unknown) => cause)
}
