import { decideRate, type Rate } from '@waypost/coordination'
import { type Clock, messageOf, withTimeLimit } from '@waypost/core'
import type { RateSpec } from '../document/limit-spec.ts'
import { countKey } from './count-by.ts'
import { goOn } from './decisions.ts'
import type { Policy, PolicyDecision } from './policy.ts'
import type { PolicyParts, SharedRate } from './policy-parts.ts'

/** The most clients that are counted. Of more, those that were seen first are forgotten. */
const maxKeys = 100_000

/** How long the store may take to decide before this process decides by itself. */
const sharedTimeoutMs = 500

/** After the store did not decide in time, it is not asked again for so long. */
const sharedPauseMs = 2_000

/** Allows a number of requests in an interval, by GCRA. */
export function ratePolicy(name: string, spec: RateSpec, parts: PolicyParts): Policy {
  const { limit, intervalMs = 1_000, burst = limit, by = 'client-address', shared = false } = spec
  const keyOf = countKey(by)
  const rate: Rate = { limit, intervalMs, burst }
  // What is for the gateway as a whole is divided among its processes.
  const { workers } = parts
  const own: Rate = { limit: limit / workers, intervalMs, burst: Math.max(1, Math.floor(burst / workers)) }
  const local = new LocalRates(own, parts.clock)
  const remote = shared && parts.sharedRate ? new SharedRates(name, rate, parts) : undefined
  const tooMany = (retryAfterMs: number): PolicyDecision => ({
    kind: 'answer',
    answer: {
      status: 429,
      code: 'rate-limited',
      detail: `No more than ${limit} requests in ${intervalMs} ms are allowed.`,
      headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) },
    },
  })
  const decide = (key: string): PolicyDecision => {
    const retryAfterMs = local.take(key)
    return retryAfterMs === 0 ? goOn : tooMany(retryAfterMs)
  }
  return {
    name,
    kind: 'rate',
    identityHeaders: [],
    check(request, context) {
      const key = keyOf(request, context)
      if (remote === undefined || remote.isPaused) return decide(key)
      return remote.take(key).then((waitMs) => {
        if (waitMs === undefined) return decide(key)
        return waitMs === 0 ? goOn : tooMany(waitMs)
      })
    },
    state: () => ({ counted: local.size, ...(remote && { shared: remote.isPaused ? 'store away' : 'in step' }) }),
    close() {},
  }
}

/** Rates that this process counts by itself. */
class LocalRates {
  readonly #rate: Rate
  readonly #clock: Clock
  /** By key: when the next request is due. Those that were seen first come first. */
  readonly #arrivals = new Map<string, number>()

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
  }

  get size(): number {
    return this.#arrivals.size
  }

  /** 0, or how long until the next request is allowed. */
  take(key: string): number {
    const nowMs = this.#clock.monotonicMs()
    const { allowed, arrivalMs, retryAfterMs } = decideRate(this.#rate, this.#arrivals.get(key), nowMs, 1)
    if (!allowed) return retryAfterMs
    this.#arrivals.delete(key)
    this.#arrivals.set(key, arrivalMs)
    this.#forget(nowMs)
    return 0
  }

  /** A key whose next request is due is as one that was never seen. */
  #forget(nowMs: number): void {
    let looked = 0
    for (const [key, arrivalMs] of this.#arrivals) {
      if (arrivalMs > nowMs && this.#arrivals.size <= maxKeys) return
      this.#arrivals.delete(key)
      looked += 1
      if (looked === 2) return
    }
  }
}

/** Rates that all gateways count in the store. */
class SharedRates {
  readonly #name: string
  readonly #rate: Rate
  readonly #parts: PolicyParts
  readonly #byKey = new Map<string, SharedRate>()
  #pausedUntilMs = Number.NEGATIVE_INFINITY

  constructor(name: string, rate: Rate, parts: PolicyParts) {
    this.#name = name
    this.#rate = rate
    this.#parts = parts
  }

  get isPaused(): boolean {
    return this.#parts.clock.monotonicMs() < this.#pausedUntilMs
  }

  /** 0, how long until the next request is allowed, or `undefined` when the store does not say. Never rejects. */
  async take(key: string): Promise<number | undefined> {
    const { clock, onNotice } = this.#parts
    try {
      const limited = { what: 'The shared rate limit', timeoutMs: sharedTimeoutMs, clock, ref: false }
      const { allowed, retryAfterMs } = await withTimeLimit(this.#of(key).tryTake(), limited)
      return allowed ? 0 : Math.max(1, retryAfterMs)
    } catch (error) {
      if (!this.isPaused) {
        onNotice(`The rate limit ${this.#name} is counted by each gateway on its own for now: ${messageOf(error)}`)
      }
      this.#pausedUntilMs = clock.monotonicMs() + sharedPauseMs
      return undefined
    }
  }

  #of(key: string): SharedRate {
    const known = this.#byKey.get(key)
    if (known) {
      this.#byKey.delete(key)
      this.#byKey.set(key, known)
      return known
    }
    const make = this.#parts.sharedRate
    if (make === undefined) throw new Error('There is no store')
    const made = make(`gateway/${this.#name}/${encodeURIComponent(key)}`, this.#rate)
    this.#byKey.set(key, made)
    const [oldest] = this.#byKey.keys()
    if (oldest !== undefined && this.#byKey.size > maxKeys) this.#byKey.delete(oldest)
    return made
  }
}
