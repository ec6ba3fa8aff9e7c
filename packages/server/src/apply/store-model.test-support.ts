/** One version of a key, as the simplest possible store would keep it. */
export interface ModelKv {
  readonly key: string
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  readonly value: string
  readonly lease: number
}

export interface ModelEvent {
  readonly type: 'put' | 'delete'
  readonly key: string
  readonly kv: ModelKv | undefined
}

export type ModelOp =
  | { readonly kind: 'put'; readonly key: string; readonly value: string; readonly lease: number }
  | { readonly kind: 'delete'; readonly key: string; readonly end: string }

/**
 * A store that keeps a whole copy of itself for every revision: slow, and too simple to be wrong.
 * A range's `end` is empty for a single key and a zero character for no end.
 */
export class StoreModel {
  readonly #snapshots = new Map<number, ReadonlyMap<string, ModelKv>>([[1, new Map()]])
  readonly events = new Map<number, ModelEvent[]>()
  revision = 1
  compactRevision = -1
  readonly leases = new Set<number>()

  at(revision: number): ModelKv[] {
    const snapshot = this.#snapshots.get(revision) ?? new Map<string, ModelKv>()
    return [...snapshot.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  range(key: string, end: string, revision = this.revision): ModelKv[] {
    return this.at(revision).filter((kv) => isInRange(kv.key, key, end))
  }

  /** Applies the operations as one revision; none is used up when nothing changes. Returns the deleted counts. */
  write(ops: readonly ModelOp[]): number[] {
    const revision = this.revision + 1
    const state = new Map(this.#snapshots.get(this.revision))
    const events: ModelEvent[] = []
    const deleted: number[] = []
    for (const op of ops) {
      if (op.kind === 'put') {
        const before = state.get(op.key)
        const kv = {
          key: op.key,
          createRevision: before?.createRevision ?? revision,
          modRevision: revision,
          version: (before?.version ?? 0) + 1,
          value: op.value,
          lease: op.lease,
        }
        state.set(op.key, kv)
        events.push({ type: 'put', key: op.key, kv })
        continue
      }
      const keys = [...state.keys()].filter((key) => isInRange(key, op.key, op.end)).sort()
      for (const key of keys) {
        state.delete(key)
        events.push({ type: 'delete', key, kv: undefined })
      }
      deleted.push(keys.length)
    }
    if (events.length > 0) {
      this.revision = revision
      this.#snapshots.set(revision, state)
      this.events.set(revision, events)
    }
    return deleted
  }

  revoke(lease: number): boolean {
    if (!this.leases.delete(lease)) return false
    const keys = this.at(this.revision).filter((kv) => kv.lease === lease)
    this.write(keys.map(({ key }) => ({ kind: 'delete', key, end: '' })))
    return true
  }

  /** The error's name in the protocol's table, or undefined when all is well. */
  compact(revision: number): 'compacted' | 'futureRevision' | undefined {
    if (revision <= this.compactRevision) return 'compacted'
    if (revision > this.revision) return 'futureRevision'
    this.compactRevision = revision
    return undefined
  }
}

export function isInRange(key: string, start: string, end: string): boolean {
  if (end === '') return key === start
  return key >= start && (end === '\0' || key < end)
}
