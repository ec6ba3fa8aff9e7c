import type { RangeRequest } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { Storage } from '../storage/storage.ts'
import { compactionMark, putCompactionMark } from './compaction-mark.ts'
import { DamagedKeys } from './damaged-keys.ts'
import type { KeyEntry } from './key-entry.ts'
import { KeyTable } from './key-table.ts'
import { KeyTree } from './key-tree.ts'
import { keyOf } from './kv-bytes.ts'
import type { LeaseAttachments } from './lease-attachments.ts'
import { type RangeResult, type RangeView, range } from './range.ts'

/**
 * The keys and all their versions that are not compacted. Reads are answered from memory and the storage;
 * changes are made through `WriteTxn`, each transaction one revision.
 */
export class MvccStore implements RangeView {
  readonly storage: Storage
  readonly tree = new KeyTree()
  readonly attachments: LeaseAttachments
  readonly damagedKeys = new DamagedKeys()
  readonly hasCounts = true
  #revision: number
  #compactRevision: number

  /** Rebuilds the index of what the storage holds. Leases must be known to `attachments` before. */
  constructor(storage: Storage, attachments: LeaseAttachments) {
    this.storage = storage
    this.attachments = attachments
    this.#revision = storage.recovered?.revision ?? 1
    this.#compactRevision = compactionMark(storage, 'scheduled')
    if (storage.recovered) this.#rebuild()
  }

  /** The revision of the last change; 1 in a fresh store. */
  get revision(): number {
    return this.#revision
  }

  /** −1 when the store was never compacted. */
  get compactRevision(): number {
    return this.#compactRevision
  }

  range(request: RangeRequest): RangeResult {
    return range(this, request)
  }

  /** The message that `key` had at revision `at`; undefined when it was not there or that is compacted. */
  valueAt(key: string, at: number): Uint8Array | undefined {
    if (at < this.#compactRevision) return undefined
    const found = this.tree.find(key)?.revisionAt(at)
    return found && this.storage.get(found.main, found.sub)
  }

  /** The newest message of a live entry. */
  valueOf(entry: KeyEntry): Uint8Array {
    const kv = this.storage.get(entry.main, entry.sub)
    if (kv === undefined) throw new Error(`Revision ${entry.main}.${entry.sub} is not in the storage.`)
    return kv
  }

  /** Called by a transaction that has changed something, when it ends. */
  advance(revision: number): void {
    this.#revision = revision
  }

  /** From now on nothing before `revision` can be read. What that frees is removed by `compact`. */
  scheduleCompaction(revision: number): void {
    if (revision <= this.#compactRevision) throw new EngineError('compacted')
    if (revision > this.#revision) throw new EngineError('futureRevision')
    this.#compactRevision = revision
    putCompactionMark(this.storage, 'scheduled', revision)
  }

  #rebuild(): void {
    const table = new KeyTable()
    const damaged = new Set(this.storage.damaged.map(({ main, sub }) => `${main}.${sub}`))
    this.storage.load((main, sub, tombstone, bytes, start, end) => {
      table.add(main, sub, tombstone, bytes, start, end)
      if (damaged.size > 0 && damaged.has(`${main}.${sub}`))
        this.damagedKeys.add(keyOf(bytes.subarray(start, end)), main, sub)
    })
    table.moveTo(this.tree, this.attachments)
  }
}
