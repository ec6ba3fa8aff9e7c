import { flattened, MergingSlot } from '@waypost/core'

/** How many events wait for a consumer that does not look; older ones make room. */
const maxWaiting = 100

/** Tells events to listeners at once, and to consumers that iterate when they get to it. */
export class EventFeed<T> {
  readonly #listeners = new Set<(event: T) => void>()
  readonly #slots = new Set<MergingSlot<readonly T[]>>()
  #ended = false

  emit(event: T): void {
    for (const listener of this.#listeners) listener(event)
    for (const slot of this.#slots) slot.push([event])
  }

  on(listener: (event: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  iterate(): AsyncIterableIterator<T> {
    const slot = new MergingSlot<readonly T[]>((waiting, next) => [...waiting, ...next].slice(-maxWaiting), {
      onReturn: () => this.#slots.delete(slot),
    })
    if (this.#ended) slot.end()
    else this.#slots.add(slot)
    return flattened(slot)
  }

  /** The consumers get what waits, and end. */
  end(): void {
    this.#ended = true
    for (const slot of this.#slots) slot.end()
    this.#slots.clear()
    this.#listeners.clear()
  }
}
