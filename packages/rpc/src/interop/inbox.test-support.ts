import { type Deferred, deferred } from '@waypost/core'
import type { TestStatus } from './test-service.test-support.ts'

/** What arrived on a stream, for a test to take one by one. */
export class Inbox<T> {
  readonly #messages: T[] = []
  readonly #takers: Deferred<T>[] = []
  readonly #status: Deferred<TestStatus> = deferred()
  #ended = false

  get status(): Promise<TestStatus> {
    return this.#status.promise
  }

  put(message: T): void {
    const taker = this.#takers.shift()
    if (taker) taker.resolve(message)
    else this.#messages.push(message)
  }

  end(status: TestStatus): void {
    this.#ended = true
    this.#status.resolve(status)
    for (const taker of this.#takers) taker.reject(status)
  }

  next(): Promise<T> {
    const message = this.#messages.shift()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#ended) return this.#status.promise.then((status) => Promise.reject(status))
    const taker = deferred<T>()
    this.#takers.push(taker)
    return taker.promise
  }
}
