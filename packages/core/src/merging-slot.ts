import { type Deferred, deferred } from './deferred.ts'

/**
 * One place between a producer that must not wait and one consumer that iterates.
 * What the consumer has not taken yet is merged with what comes, so a slow consumer costs no memory
 * and, when it looks again, gets one item that tells the whole difference.
 */
export class MergingSlot<T> implements AsyncIterableIterator<T> {
  readonly #merge: (waiting: T, next: T) => T | undefined
  readonly #onReturn: (() => void) | undefined
  #item: { readonly value: T } | undefined
  #waiting: Deferred<IteratorResult<T>> | undefined
  #ended = false
  #error: unknown

  /**
   * @param merge makes one item of two; `undefined` says that they cancel each other out
   * @param hooks `onReturn` is called once when the consumer stops iterating
   */
  constructor(merge: (waiting: T, next: T) => T | undefined, hooks: { onReturn?: () => void } = {}) {
    this.#merge = merge
    this.#onReturn = hooks.onReturn
  }

  get ended(): boolean {
    return this.#ended
  }

  push(value: T): void {
    if (this.#ended) return
    if (this.#waiting) {
      const waiting = this.#waiting
      this.#waiting = undefined
      waiting.resolve({ value, done: false })
      return
    }
    if (this.#item === undefined) {
      this.#item = { value }
      return
    }
    const merged = this.#merge(this.#item.value, value)
    this.#item = merged === undefined ? undefined : { value: merged }
  }

  /** Ends the iteration after the item that waits, with `error` if given. */
  end(error?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#error = error
    else if (error === undefined) waiting.resolve({ value: undefined, done: true })
    else waiting.reject(error)
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#item !== undefined) {
      const { value } = this.#item
      this.#item = undefined
      return Promise.resolve({ value, done: false })
    }
    if (this.#ended) {
      const error = this.#error
      this.#error = undefined
      return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error)
    }
    if (this.#waiting)
      return Promise.reject(new Error('MergingSlot has one consumer: next() was called while another next() waits.'))
    this.#waiting = deferred()
    return this.#waiting.promise
  }

  /** Called by `for await` when its body breaks or throws. What waits is dropped. */
  return(): Promise<IteratorResult<T>> {
    const first = !this.#ended
    this.#item = undefined
    this.end()
    this.#error = undefined
    if (first) this.#onReturn?.()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
