import { isDeepStrictEqual } from 'node:util'
import { MergingSlot } from '@waypost/core'

/** A part of a configuration that became another. */
export interface SelectionUpdate<V> {
  readonly current: V
  readonly previous: V
  readonly revision: bigint
}

/** What a selection follows. */
export interface Selected<V> {
  /** The part, read from the whole that is in force now. */
  read(): V
  /** Calls the listener whenever the whole became another. Returns the function that takes it off. */
  onUpdate(listener: (revision: bigint) => void): () => void
  onClose(listener: () => void): () => void
}

/**
 * One part of a live configuration. It changes only when the part does; as long as the part is equal, `current` stays
 * the same object.
 */
export class LiveSelection<V> {
  readonly #selected: Selected<V>
  readonly #slots = new Set<MergingSlot<SelectionUpdate<V>>>()
  readonly #release: readonly (() => void)[]
  #current: V
  #closed = false

  /** @internal Made by `LiveConfig.select`. */
  constructor(selected: Selected<V>) {
    this.#selected = selected
    this.#current = selected.read()
    this.#release = [selected.onUpdate((revision) => this.#update(revision)), selected.onClose(() => this.close())]
  }

  /** The part as it is in force. */
  get current(): V {
    return this.#current
  }

  /** The changes from now on. A slow consumer gets the newest, with what it saw last as `previous`. */
  changes(): AsyncIterableIterator<SelectionUpdate<V>> {
    const slot = new MergingSlot<SelectionUpdate<V>>(
      (waiting, next) =>
        isDeepStrictEqual(waiting.previous, next.current) ? undefined : { ...next, previous: waiting.previous },
      { onReturn: () => this.#slots.delete(slot) },
    )
    if (this.#closed) slot.end()
    else this.#slots.add(slot)
    return slot
  }

  /** Stops following. Idempotent; the configuration itself goes on. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const release of this.#release) release()
    for (const slot of this.#slots) slot.end()
    this.#slots.clear()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #update(revision: bigint): void {
    const next = this.#selected.read()
    if (isDeepStrictEqual(next, this.#current)) return
    const previous = this.#current
    this.#current = next
    for (const slot of this.#slots) slot.push({ current: next, previous, revision })
  }
}
