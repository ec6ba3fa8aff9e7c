import type { Operation } from '@waypost/client'
import { Backoff, type Deferred, deferred, delay, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'

/** The steps of one request at the most. The store takes 128, and each has conditions and steps of its own. */
const maxSteps = 64
/** The bytes of one request at the most; the store takes 1.5 MiB. */
const maxBytes = 700_000

interface Entry<Result> {
  readonly step: Operation<Result>
  readonly bytes: number
  readonly done: Deferred<Result>
}

/**
 * Sends steps that do not depend on each other. Those that come while a request is on its way travel together in the
 * next one. Each step must be one that can be repeated: when the answer of a request is lost, it is sent again.
 */
export class Batcher<Result> {
  readonly #parts: Parts
  readonly #maxInFlight: number
  readonly #closed = new AbortController()
  #entries: Entry<Result>[] = []
  #inFlight = 0
  #isScheduled = false

  constructor(parts: Parts, maxInFlight = 4) {
    this.#parts = parts
    this.#maxInFlight = maxInFlight
  }

  /** Resolves with the result of the step. @param bytes roughly how large it is */
  run(step: Operation<Result>, bytes: number): Promise<Result> {
    const done = deferred<Result>()
    this.#entries.push({ step, bytes, done })
    this.#schedule()
    return done.promise
  }

  /** Ends the repetition of what cannot be sent. */
  close(): void {
    this.#closed.abort()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= this.#maxInFlight) return
    this.#isScheduled = true
    // Steps of the same turn share the request.
    setImmediate(() => {
      this.#isScheduled = false
      void this.#send()
    })
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    const entries = this.#next()
    if (entries.length === 0) return
    this.#inFlight += 1
    if (this.#entries.length > 0) this.#schedule()
    try {
      const results = await this.#commit(entries.map(({ step }) => step))
      entries.forEach(({ done }, index) => {
        const result = results[index]
        if (result === undefined) done.reject(new WaypostError('internal', 'The store left a step unanswered.'))
        else done.resolve(result)
      })
    } catch (error) {
      for (const { done } of entries) done.reject(error)
    } finally {
      this.#inFlight -= 1
      if (this.#entries.length > 0) this.#schedule()
    }
  }

  #next(): Entry<Result>[] {
    let bytes = 0
    let count = 0
    for (const entry of this.#entries) {
      bytes += entry.bytes
      if (count === maxSteps || (count > 0 && bytes > maxBytes)) break
      count += 1
    }
    return this.#entries.splice(0, count)
  }

  async #commit(steps: readonly Operation<Result>[]): Promise<readonly Result[]> {
    const { etcd, clock } = this.#parts
    const backoff = new Backoff({ maxMs: 2_000 })
    for (;;) {
      try {
        const { succeeded, responses } = await etcd
          .txn()
          .do(...steps)
          .commit()
        // Without conditions it always does.
        return succeeded ? responses : []
      } catch (error) {
        if (!WaypostError.is(error, 'outcome-unknown') || this.#closed.signal.aborted) throw error
        await delay(backoff.nextMs(), { clock, signal: this.#closed.signal })
      }
    }
  }
}
