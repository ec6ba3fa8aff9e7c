import { RevisionTable } from './revision-table.ts'
import type { Checkpoint, LeaseRecord, RevisionRecord, Storage } from './storage.ts'

/** Storage that is gone with the process; what is written counts as durable. */
export class MemoryStorage implements Storage {
  readonly recovered = undefined
  readonly damaged = []
  readonly #revisions = new RevisionTable()
  readonly #leases = new Map<bigint, LeaseRecord>()
  readonly #entries = new Map<string, Uint8Array>()
  readonly #durableListeners: (() => void)[] = []
  #durableIndex = 0

  get durableIndex(): number {
    return this.#durableIndex
  }

  get size(): { readonly bytes: number; readonly inUseBytes: number } {
    return { bytes: this.#revisions.bytes, inUseBytes: this.#revisions.bytes }
  }

  get usedBytes(): number {
    return this.#revisions.bytes
  }

  putRevision(record: RevisionRecord): void {
    this.#revisions.add(record)
  }

  deleteRevision(main: number, sub: number): void {
    this.#revisions.delete(main, sub)
  }

  putLease(lease: LeaseRecord): void {
    this.#leases.set(lease.id, lease)
  }

  deleteLease(id: bigint): void {
    this.#leases.delete(id)
  }

  putEntry(name: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#entries.delete(name)
    else this.#entries.set(name, value)
  }

  checkpoint(at: Checkpoint): void {
    this.#durableIndex = at.appliedIndex
    for (const listener of this.#durableListeners) listener()
  }

  get(main: number, sub: number): Uint8Array | undefined {
    const record = this.#revisions.get(main, sub)
    return record === undefined || record.tombstone ? undefined : record.kv
  }

  scan(from: number, to: number, visit: (record: RevisionRecord) => boolean, fromSub = 0): void {
    for (const main of this.#mains(from, to)) {
      for (const record of this.#revisions.at(main, main === from ? fromSub : 0)) if (!visit(record)) return
    }
  }

  load(): void {}

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

  room(): undefined {
    return undefined
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** A short stretch is looked up number by number; a long one walks what is held. */
  *#mains(from: number, to: number): Generator<number> {
    if (to - from < 10_000) {
      for (let main = from; main <= to; main++) yield main
      return
    }
    for (const main of this.#revisions.mains()) {
      if (main > to) return
      if (main >= from) yield main
    }
  }
}
