import type { Operation } from '@waypost/client'
import { Backoff, type Deferred, deferred, delay, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'

/** The steps of one request at the most. The store takes 128, and each has conditions and steps of its own. */
const maxSteps = 64
/** The bytes of one request at the most; the store takes 1.5 MiB. */
const maxBytes = 700_000

interface Entry {
  readonly step: Operation<unknown>
  readonly bytes: number
  readonly done: Deferred<unknown>
}

/**
 * Sends steps that do not depend on each other. Those that come while a request is on its way travel together in the
 * next one. Each step must be one that can be repeated: when the answer of a request is lost, it is sent again; and when
 * the store refuses a request, each of its steps is sent by itself, so that the fault of one is not that of all.
 */
export class Batcher {
  readonly #parts: Parts
  readonly #maxInFlight: number
  readonly #closed = new AbortController()
  #entries: Entry[] = []
  #inFlight = 0
  #isScheduled = false

  constructor(parts: Parts, maxInFlight: number) {
    this.#parts = parts
    this.#maxInFlight = maxInFlight
  }

  /** Resolves with the result of the step. @param bytes roughly how large it is */
  run<Result>(step: Operation<Result>, bytes: number): Promise<Result> {
    const done = deferred<unknown>()
    this.#entries.push({ step, bytes, done })
    this.#schedule()
    // It is what its own step decodes to; entries of all kinds stand in one list.
    return done.promise as Promise<Result>
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
      await this.#settle(entries)
    } finally {
      this.#inFlight -= 1
      if (this.#entries.length > 0) this.#schedule()
    }
  }

  /** Never rejects. */
  async #settle(entries: readonly Entry[]): Promise<void> {
    try {
      const results = await this.#commit(entries.map(({ step }) => step))
      entries.forEach(({ done }, index) => {
        const result = results[index]
        if (result === undefined) done.reject(new WaypostError('internal', 'The store left a step unanswered.'))
        else done.resolve(result)
      })
    } catch (error) {
      if (entries.length > 1 && isRefusal(error)) {
        await Promise.all(entries.map((entry) => this.#settle([entry])))
        return
      }
      for (const { done } of entries) done.reject(error)
    }
  }

  #next(): Entry[] {
    let bytes = 0
    let count = 0
    for (const entry of this.#entries) {
      bytes += entry.bytes
      if (count === maxSteps || (count > 0 && bytes > maxBytes)) break
      count += 1
    }
    return this.#entries.splice(0, count)
  }

  async #commit(steps: readonly Operation<unknown>[]): Promise<readonly unknown[]> {
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

/** What the store has against the request itself, and would have against it again: it has done nothing of it. */
function isRefusal(error: unknown): boolean {
  return WaypostError.is(error) && refusals.has(error.code)
}

const refusals: ReadonlySet<WaypostError['code']> = new Set([
  'invalid-argument',
  'failed-precondition',
  'lease-not-found',
  'permission-denied',
  'too-large',
])
