import { type Deferred, deferred } from './deferred.ts'

/**
 * A first-in, first-out queue between one producer that must not wait and one consumer that iterates.
 * When it is full, `push` returns false and keeps nothing: the producer decides what that means.
 */
export class BoundedQueue<T> implements AsyncIterableIterator<T> {
  readonly #capacity: number
  readonly #onDrained: (() => void) | undefined
  readonly #onReturn: (() => void) | undefined
  #items: (T | undefined)[] = []
  #head = 0
  #waiting: Deferred<IteratorResult<T>> | undefined
  #ended = false
  #error: unknown

  /**
   * @param capacity the number of items that may wait
   * @param hooks `onDrained` is called when the consumer took the last item; `onReturn` when it stopped iterating
   */
  constructor(capacity: number, hooks: { onDrained?: () => void; onReturn?: () => void } = {}) {
    this.#capacity = capacity
    this.#onDrained = hooks.onDrained
    this.#onReturn = hooks.onReturn
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Hands an item to the consumer. False when the queue is full or ended. */
  push(item: T): boolean {
    if (this.#ended) return false
    if (this.#waiting) {
      const waiting = this.#waiting
      this.#waiting = undefined
      waiting.resolve({ value: item, done: false })
      return true
    }
    if (this.length >= this.#capacity) return false
    this.#items.push(item)
    return true
  }

  /** Ends the iteration after the items that wait, with `error` if given. */
  end(error?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    const waiting = this.#waiting
    this.#waiting = undefined
    if (!waiting) return
    if (error === undefined) waiting.resolve({ value: undefined, done: true })
    else {
      this.#error = undefined
      waiting.reject(error)
    }
  }

  next(): Promise<IteratorResult<T>> {
    if (this.length > 0) {
      const item = this.#items[this.#head] as T
      this.#items[this.#head] = undefined
      this.#head += 1
      if (this.#head === this.#items.length) {
        this.#items = []
        this.#head = 0
        this.#onDrained?.()
      } else if (this.#head >= 1024 && this.#head * 2 >= this.#items.length) {
        this.#items = this.#items.slice(this.#head)
        this.#head = 0
      }
      return Promise.resolve({ value: item, done: false })
    }
    if (this.#ended) {
      const error = this.#error
      this.#error = undefined
      return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error)
    }
    if (this.#waiting)
      return Promise.reject(new Error('BoundedQueue has one consumer: next() was called while another next() waits.'))
    this.#waiting = deferred()
    return this.#waiting.promise
  }

  /** Called by `for await` when its body breaks or throws. What waits is dropped. */
  return(): Promise<IteratorResult<T>> {
    this.#items = []
    this.#head = 0
    this.end()
    this.#error = undefined
    this.#onReturn?.()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
