import { type Deferred, deferred } from '@waypost/core'

/** How long the event loop is held at a time. */
const sliceMs = 4

/** Does work item by item, in order, and lets others use the event loop in between. */
export class SlicedQueue<T> {
  readonly #work: (item: T) => void
  readonly #onIdle: () => void
  #items: T[] = []
  #next = 0
  #idle: Deferred<void> | undefined

  /** @param onIdle called when the last item is done */
  constructor(work: (item: T) => void, onIdle: () => void = () => {}) {
    this.#work = work
    this.#onIdle = onIdle
  }

  get isIdle(): boolean {
    return this.#idle === undefined
  }

  /** Settles when nothing is left to do. */
  whenIdle(): Promise<void> {
    return this.#idle?.promise ?? Promise.resolve()
  }

  push(items: readonly T[]): void {
    if (items.length === 0) return
    for (const item of items) this.#items.push(item)
    if (this.#idle !== undefined) return
    this.#idle = deferred()
    setImmediate(() => this.#slice())
  }

  /** What is left is not done. */
  clear(): void {
    this.#items = []
    this.#next = 0
  }

  #slice(): void {
    const endMs = performance.now() + sliceMs
    while (this.#next < this.#items.length && performance.now() < endMs) {
      const item = this.#items[this.#next]
      this.#next += 1
      if (item !== undefined) this.#work(item)
    }
    if (this.#next < this.#items.length) {
      setImmediate(() => this.#slice())
      return
    }
    this.clear()
    const idle = this.#idle
    this.#idle = undefined
    this.#onIdle()
    idle?.resolve()
  }
}
