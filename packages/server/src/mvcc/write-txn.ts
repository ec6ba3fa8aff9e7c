import type { RangeRequest } from '@waypost/protocol'
import type { AppliedBatch, MvccEvent } from './event.ts'
import type { KeyEntry } from './key-entry.ts'
import { type KeySpan, keyBytes, keyString } from './key-span.ts'
import { encodeKeyValue, encodeTombstone, tombstoneEventKv } from './kv-bytes.ts'
import { type RangeResult, range } from './range.ts'
import type { MvccStore } from './store.ts'

/**
 * The changes of one revision. They take effect as they are made, so later operations see earlier ones;
 * nobody else can look before `end`, because nothing in between gives up the thread.
 */
export class WriteTxn {
  readonly #store: MvccStore
  readonly #main: number
  readonly #events: MvccEvent[] = []

  constructor(store: MvccStore) {
    this.#store = store
    this.#main = store.revision + 1
  }

  /** The revision being written once something has changed, before that the store's. */
  get revision(): number {
    return this.#events.length > 0 ? this.#main : this.#store.revision
  }

  range(request: RangeRequest): RangeResult {
    const { tree, storage, compactRevision } = this.#store
    return range({ tree, storage, compactRevision, revision: this.revision }, request)
  }

  put(key: Uint8Array, value: Uint8Array, lease: bigint): void {
    const { tree, storage, attachments } = this.#store
    const entry = tree.findOrInsert(keyString(key))
    const created = !entry.live
    if (created) tree.adjustLive(entry.key, 1)
    const main = this.#main
    const sub = this.#events.length
    entry.advance(main, sub)
    if (created) {
      entry.createRevision = main
      entry.version = 1
    } else entry.version += 1
    if (entry.lease !== lease) {
      if (entry.lease !== 0n) attachments.detach(entry.lease, entry.key)
      if (lease !== 0n) attachments.attach(lease, entry.key)
      entry.lease = lease
    }
    const kv = encodeKeyValue(key, entry.createRevision, main, entry.version, value, lease)
    storage.putRevision({ main, sub, tombstone: false, kv })
    this.#events.push({ type: 'put', key: entry.key, kv, created })
  }

  /** The live entries of a span, to be read before they are deleted. */
  entries(span: KeySpan): KeyEntry[] {
    const { tree } = this.#store
    if (span.single) {
      const entry = tree.find(span.start)
      return entry?.live ? [entry] : []
    }
    const entries: KeyEntry[] = []
    tree.scan(span, (entry) => {
      if (entry.live) entries.push(entry)
      return true
    })
    return entries
  }

  delete(entry: KeyEntry): void {
    const { tree, storage, attachments } = this.#store
    const main = this.#main
    const sub = this.#events.length
    tree.adjustLive(entry.key, -1)
    entry.advance(main, sub)
    if (entry.lease !== 0n) attachments.detach(entry.lease, entry.key)
    entry.createRevision = 0
    entry.version = 0
    entry.lease = 0n
    const kv = encodeTombstone(keyBytes(entry.key))
    storage.putRevision({ main, sub, tombstone: true, kv })
    this.#events.push({ type: 'delete', key: entry.key, kv: tombstoneEventKv(kv, main), created: false })
  }

  /** The revision's changes; undefined when there are none, and then the revision is not used up. */
  end(): AppliedBatch | undefined {
    if (this.#events.length === 0) return undefined
    this.#store.advance(this.#main)
    return { revision: this.#main, events: this.#events }
  }
}
