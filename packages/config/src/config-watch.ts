import type { Cache, CacheChange, CacheChanges } from '@waypost/client'
import { abortedError, flattened, MergingSlot } from '@waypost/core'
import { ConfigChange } from './config-change.ts'
import { pathOf } from './config-path.ts'

/**
 * A running watch of plain values: iterate over it once. What changed while the store was away arrives when it is back.
 * A consumer that is slower than the changes gets each path's newest value. Ends with `close()` or `break`.
 */
export class ConfigWatch implements AsyncIterableIterator<ConfigChange> {
  readonly #cache: Cache
  readonly #onClose: () => void
  readonly #slot: MergingSlot<readonly ConfigChange[]>
  readonly #changes: AsyncIterableIterator<ConfigChange>
  readonly #ready: Promise<void>
  #seesPresent = false

  /** @internal Made by `Config.watch`. */
  constructor(cache: Cache, initial: boolean, onClose: () => void) {
    this.#cache = cache
    this.#onClose = onClose
    this.#slot = new MergingSlot(mergeChanges)
    this.#changes = flattened(this.#slot)
    this.#ready = cache.ready.then(() => {
      this.#seesPresent = true
    })
    this.#ready.catch((error: unknown) => this.#close(error))
    cache.onChange((changes) => {
      if (this.#seesPresent || initial) this.#push(changes)
      this.#seesPresent = true
    })
  }

  /** Settles when the watch has begun: what is set after that is seen. Fails, as the iteration does, when it cannot. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** The store's revision up to which changes are seen. */
  get revision(): bigint {
    return this.#cache.revision
  }

  /** Since when changes may be missing because the store does not answer. They come later. */
  get staleSince(): Date | undefined {
    return this.#cache.staleSince
  }

  next(): Promise<IteratorResult<ConfigChange>> {
    return this.#changes.next()
  }

  async return(): Promise<IteratorResult<ConfigChange>> {
    await this.#changes.return?.()
    await this.close()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Ends the watch. Idempotent. */
  close(): Promise<void> {
    return this.#close(undefined)
  }

  /** @internal Ends the iteration with `aborted`. */
  abort(signal: AbortSignal): void {
    void this.#close(abortedError(signal))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(error: unknown): Promise<void> {
    this.#slot.end(error)
    this.#onClose()
    await this.#cache.close()
  }

  #push({ changes, revision }: CacheChanges): void {
    if (changes.length === 0) return
    this.#slot.push(changes.map((change) => toConfigChange(change, revision)))
  }
}

function toConfigChange({ key, current, previous }: CacheChange, revision: bigint): ConfigChange {
  return new ConfigChange(pathOf(key), current?.modRevision ?? revision, current, previous)
}

/** One change for each path: from what the consumer knows to what is now. */
function mergeChanges(
  waiting: readonly ConfigChange[],
  next: readonly ConfigChange[],
): readonly ConfigChange[] | undefined {
  const merged = new Map(waiting.map((change) => [change.path, change]))
  for (const change of next) {
    const known = merged.get(change.path)
    const both = known === undefined ? change : known.followedBy(change)
    merged.delete(change.path)
    if (both !== undefined) merged.set(change.path, both)
  }
  return merged.size === 0 ? undefined : [...merged.values()]
}
