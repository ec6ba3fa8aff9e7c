import { flattened, Listeners, MergingSlot } from '@waypost/core'

/** How many events wait for a slow consumer. The oldest are dropped. */
const maxWaiting = 100

/** Delivers events to listeners at once, and to consumers that iterate at their own pace. */
export class EventFeed<T> {
  readonly #listeners = new Listeners<[event: T]>()
  readonly #slots = new Set<MergingSlot<readonly T[]>>()
  #ended = false

  emit(event: T): void {
    this.#listeners.tell(event)
    for (const slot of this.#slots) slot.push([event])
  }

  on(listener: (event: T) => void): () => void {
    return this.#listeners.add(listener)
  }

  iterate(): AsyncIterableIterator<T> {
    const slot = new MergingSlot<readonly T[]>((waiting, next) => [...waiting, ...next].slice(-maxWaiting), {
      onReturn: () => this.#slots.delete(slot),
    })
    if (this.#ended) slot.end()
    else this.#slots.add(slot)
    return flattened(slot)
  }

  /** Consumers still get what waits, then end. */
  end(): void {
    this.#ended = true
    for (const slot of this.#slots) slot.end()
    this.#slots.clear()
    this.#listeners.clear()
  }
}
