import type { RangeRequest } from '@waypost/protocol'
import type { AppliedBatch, KeyBounds, MvccEvent } from './event.ts'
import type { KeyEntry } from './key-entry.ts'
import { type KeySpan, keyBytes, keyString } from './key-span.ts'
import { encodeKeyValue, encodeTombstone, tombstoneEventKv } from './kv-bytes.ts'
import { type RangeResult, rangeSteps } from './range.ts'
import type { MvccStore } from './store.ts'
import { walk } from './walk.ts'

/** Whether the changes are made in one go, or in slices between which others read the store. */
export type WriteTxnMode = 'at-once' | 'in-slices'

/**
 * The changes of one revision. They take effect as they are made, so later operations see earlier ones. Nobody else
 * sees them before `end`: in between others read the revision before, whose versions, counts and leases stay as they
 * are. There is one `WriteTxn` with changes at a time.
 */
export class WriteTxn {
  readonly #store: MvccStore
  readonly #base: number
  readonly #main: number
  readonly #isSliced: boolean
  readonly #events: MvccEvent[] = []
  #isHolding = false
  /** Of what was changed in slices, so that nobody has to look at all of it at once. */
  #bounds: KeyBounds | undefined

  constructor(store: MvccStore, mode: WriteTxnMode = 'at-once') {
    this.#store = store
    this.#base = store.revision
    this.#main = store.revision + 1
    this.#isSliced = mode === 'in-slices'
  }

  /** The revision being written once something has changed, before that the store's. */
  get revision(): number {
    return this.#events.length > 0 ? this.#main : this.#base
  }

  get hasChanges(): boolean {
    return this.#events.length > 0
  }

  range(request: RangeRequest): Generator<void, RangeResult> {
    const { tree, storage, compactRevision } = this.#store
    return rangeSteps({ tree, storage, compactRevision, revision: this.revision, hasCounts: !this.#isSliced }, request)
  }

  put(key: Uint8Array, value: Uint8Array, lease: bigint): void {
    this.#hold()
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
      if (entry.lease !== 0n) this.#detach(entry)
      if (lease !== 0n) attachments.attach(lease, entry.key)
      entry.lease = lease
    }
    const kv = encodeKeyValue(key, entry.createRevision, main, entry.version, value, lease)
    entry.bytes = kv.length
    storage.putRevision({ main, sub, tombstone: false, kv })
    this.#note({ type: 'put', key: entry.key, kv, created })
  }

  /** The live entries of a span, to be read before they are deleted. */
  *entries(span: KeySpan): Generator<void, KeyEntry[]> {
    const { tree } = this.#store
    if (span.single) {
      const entry = tree.find(span.start)
      return entry?.live ? [entry] : []
    }
    const entries: KeyEntry[] = []
    yield* walk(tree, span, !this.#isSliced, (entry) => {
      if (entry.live) entries.push(entry)
      return true
    })
    return entries
  }

  delete(entry: KeyEntry): void {
    this.#hold()
    const { tree, storage } = this.#store
    const main = this.#main
    const sub = this.#events.length
    tree.adjustLive(entry.key, -1)
    entry.advance(main, sub)
    if (entry.lease !== 0n) this.#detach(entry)
    entry.createRevision = 0
    entry.version = 0
    entry.lease = 0n
    const kv = encodeTombstone(keyBytes(entry.key))
    entry.bytes = kv.length
    storage.putRevision({ main, sub, tombstone: true, kv })
    this.#note({ type: 'delete', key: entry.key, kv: tombstoneEventKv(kv, main), created: false })
  }

  /** The revision's changes; undefined when there are none, and then the revision is not used up. */
  end(): AppliedBatch | undefined {
    if (this.#isHolding) {
      this.#store.tree.releaseCounts()
      this.#store.attachments.releaseDetached()
      this.#isHolding = false
    }
    if (this.#events.length === 0) return undefined
    this.#store.advance(this.#main)
    const bounds = this.#bounds === undefined ? {} : { bounds: this.#bounds }
    return { revision: this.#main, events: this.#events, ...bounds }
  }

  #note(event: MvccEvent): void {
    this.#events.push(event)
    if (!this.#isSliced) return
    const { key } = event
    const { first, last } = this.#bounds ?? { first: key, last: key }
    if (this.#bounds === undefined || key < first) this.#bounds = { first: key, last }
    else if (key > last) this.#bounds = { first, last: key }
  }

  /** Lets others go on to see what was there before. */
  #hold(): void {
    if (!this.#isSliced || this.#isHolding) return
    this.#isHolding = true
    this.#store.tree.holdCounts(this.#base)
  }

  #detach(entry: KeyEntry): void {
    const { attachments } = this.#store
    if (this.#isSliced) attachments.detachLater(entry.lease, entry.key)
    else attachments.detach(entry.lease, entry.key)
  }
}
