import { modRevision, put } from '@waypost/client'
import { type CallOptions, delay, WaitLimit, WaypostError } from '@waypost/core'
import {
  callOptionKinds,
  checkOptions,
  type OptionKinds,
  positiveNumber,
  required,
  wholeNumber,
} from '@waypost/core/options'
import { checkInteger } from '../shared/check-number.ts'
import type { Parts } from '../shared/settings.ts'
import { Attempts } from '../transaction/update.ts'
import { type Decision, decide, type Rate } from './gcra.ts'

export interface RateLimitOptions {
  /** How many are allowed in an interval, at least 1. */
  readonly limit: number
  /** The interval in milliseconds, above 0. */
  readonly intervalMs: number
  /** How many may come at once after a quiet time. Default: `limit`. */
  readonly burst?: number | undefined
}

export const rateLimitOptionKinds: OptionKinds<RateLimitOptions> = {
  limit: required(wholeNumber(1)),
  intervalMs: required(positiveNumber('milliseconds')),
  burst: wholeNumber(1),
}

export interface RateDecision {
  readonly allowed: boolean
  /** How long until the same request would be allowed, in milliseconds; 0 when it is. */
  readonly retryAfterMs: number
  /** How many more would be allowed now. */
  readonly remaining: number
}

/** One request of a round, and who waits for it. */
interface Asked {
  readonly amount: number
  resolve(decision: RateDecision): void
  reject(error: unknown): void
}

/**
 * A rate that processes share, decided by GCRA. What one process asks for at the same time travels together. Times are
 * those of the clock of whoever asks: clocks that differ by more than an interval make the limit uneven, and never
 * stop anybody for longer than a burst takes.
 */
export class RateLimit {
  readonly name: string
  readonly #parts: Parts
  readonly #key: string
  readonly #rate: Rate
  #asked: Asked[] = []
  #isRunning = false

  /** @internal */
  constructor(parts: Parts, name: string, key: string, options: RateLimitOptions) {
    checkOptions('rateLimit', options, rateLimitOptionKinds)
    const { limit, intervalMs, burst = limit } = options
    this.#parts = parts
    this.name = name
    this.#key = key
    this.#rate = { limit, intervalMs, burst }
  }

  /** How many may come at once. */
  get burst(): number {
    return this.#rate.burst
  }

  /** Takes `amount` if they are allowed now. */
  async tryTake(amount = 1): Promise<RateDecision> {
    checkInteger(amount, 'amount', 1, this.#rate.burst)
    return new Promise((resolve, reject) => {
      this.#asked.push({ amount, resolve, reject })
      if (!this.#isRunning) void this.#run()
    })
  }

  /** Waits until `amount` are allowed, and takes them. Fails with `deadline-exceeded` and `aborted`. */
  async take(amount = 1, options: CallOptions = {}): Promise<void> {
    checkOptions('rateLimit.take', options, callOptionKinds)
    const { clock } = this.#parts
    const what = `The rate limit ${JSON.stringify(this.name)}`
    using limit = new WaitLimit(
      options,
      clock,
      () => new WaypostError('deadline-exceeded', `${what} did not allow it within ${options.timeoutMs} ms.`),
    )
    try {
      for (;;) {
        const { allowed, retryAfterMs } = await this.tryTake(amount)
        if (allowed) return
        await delay(retryAfterMs, { clock, signal: limit.signal })
      }
    } catch (error) {
      throw limit.reason(error)
    }
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#isRunning = true
    // Callers within the same turn share the request.
    await Promise.resolve()
    while (this.#asked.length > 0) {
      const asked = this.#asked.splice(0)
      try {
        const decisions = await this.#decide(asked)
        asked.forEach(({ resolve }, index) => {
          const decision = decisions[index]
          if (decision) resolve(decision)
        })
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    this.#isRunning = false
  }

  async #decide(asked: readonly Asked[]): Promise<readonly Decision[]> {
    const { etcd, clock } = this.#parts
    const attempts = new Attempts(this.#parts, undefined)
    for (;;) {
      const current = await etcd.kv.get(this.#key)
      const nowMs = clock.epochMs()
      let arrivalMs = readArrival(current?.text())
      const decisions = asked.map(({ amount }) => {
        const decision = decide(this.#rate, arrivalMs, nowMs, amount)
        arrivalMs = decision.arrivalMs
        return decision
      })
      // A refusal changes nothing.
      if (!decisions.some(({ allowed }) => allowed)) return decisions
      const { succeeded } = await etcd
        .txn()
        .if(modRevision(this.#key).equals(current?.modRevision ?? 0n))
        .do(put(this.#key, String(arrivalMs)))
        .commit()
      if (succeeded) return decisions
      await attempts.again(`The rate limit ${JSON.stringify(this.name)}`)
    }
  }
}

/** What cannot be read counts as never used. */
function readArrival(text: string | undefined): number | undefined {
  const value = Number(text)
  return text === undefined || !Number.isFinite(value) ? undefined : value
}
