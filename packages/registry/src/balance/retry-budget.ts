import { type Clock, systemClock } from '@waypost/core'
import { checkOptions, number, type OptionKinds } from '@waypost/core/options'

export interface RetryBudgetOptions {
  /** Retries allowed for each call of the last ten seconds. Default 0.2. */
  readonly share?: number | undefined
  /** Retries allowed in any case, per second, for callers that call seldom. Default 3. */
  readonly minPerSecond?: number | undefined
}

export const retryBudgetOptionKinds: OptionKinds<RetryBudgetOptions> = { share: number, minPerSecond: number }

const windowSeconds = 10

/**
 * How many calls may be made a second time: a share of the calls, so that retries cannot multiply the load of servers
 * that are already in trouble. What is not used within ten seconds is forfeited.
 *
 * Source: Finagle, "RetryBudget", https://twitter.github.io/finagle/guide/Clients.html#retries.
 */
export class RetryBudget {
  readonly #clock: Clock
  readonly #share: number
  readonly #minPerSecond: number
  /** What each of the last seconds brought in and is not spent; the slot of a second is its number modulo ten. */
  readonly #slots: Float64Array
  #second: number

  constructor(options: RetryBudgetOptions = {}, clock: Clock = systemClock) {
    checkOptions('RetryBudget', options, retryBudgetOptionKinds)
    this.#clock = clock
    this.#share = options.share ?? 0.2
    this.#minPerSecond = options.minPerSecond ?? 3
    this.#slots = new Float64Array(windowSeconds).fill(this.#minPerSecond)
    this.#second = this.#now()
  }

  /** A call is made. */
  deposit(): void {
    this.#turn()
    const slot = this.#second % windowSeconds
    this.#slots[slot] = (this.#slots[slot] ?? 0) + this.#share
  }

  /** Whether a call may be made again; if so, it is paid for. */
  withdraw(): boolean {
    this.#turn()
    if (this.balance < 1) return false
    let due = 1
    // The oldest first: they are forfeited next.
    for (let age = windowSeconds - 1; age >= 0 && due > 0; age--) {
      const slot = (this.#second + windowSeconds - age) % windowSeconds
      const paid = Math.min(due, this.#slots[slot] ?? 0)
      this.#slots[slot] = (this.#slots[slot] ?? 0) - paid
      due -= paid
    }
    return true
  }

  /** How many retries are allowed now. */
  get balance(): number {
    let sum = 0
    for (const slot of this.#slots) sum += slot
    return sum
  }

  #now(): number {
    return Math.floor(this.#clock.monotonicMs() / 1000)
  }

  #turn(): void {
    const now = this.#now()
    for (let second = Math.max(this.#second, now - windowSeconds) + 1; second <= now; second++) {
      this.#slots[second % windowSeconds] = this.#minPerSecond
    }
    this.#second = Math.max(this.#second, now)
  }
}
