import { type Clock, WaypostError } from '@waypost/core'
import type { CallResult, Outcome, PickOptions } from '../balance/balancer.ts'
import { RetryBudget } from '../balance/retry-budget.ts'
import { firstList } from '../discover/first-list.ts'
import type { ServiceView } from '../discover/service-view.ts'
import type { Instance } from '../record/instance.ts'
import { maxUnreachable, type TrafficSettings } from './traffic-options.ts'

/** What a call has been through so far. */
export interface Attempts {
  /** Those that were tried, in order. */
  readonly tried: Instance[]
  /** How often the call was, or may have been, sent. */
  sent: number
}

/** How an attempt failed that another instance was to make good. */
export interface Failure {
  readonly error: unknown
  readonly result: CallResult | 'not-sent'
}

/** The calls of this process to one service: their view, their balancer, their retry budget. */
export class ServiceTraffic {
  readonly view: ServiceView
  readonly #settings: TrafficSettings
  readonly #clock: Clock
  readonly #budget: RetryBudget
  #lastUsedMs: number
  #inFlight = 0

  constructor(view: ServiceView, settings: TrafficSettings, clock: Clock) {
    this.view = view
    this.#settings = settings
    this.#clock = clock
    this.#budget = new RetryBudget(settings.budget, clock)
    this.#lastUsedMs = clock.monotonicMs()
  }

  get service(): string {
    return this.view.service
  }

  get lastUsedMs(): number {
    return this.#lastUsedMs
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Resolves when the first list is there; fails as `firstList` does. */
  ready(signal: AbortSignal): Promise<void> {
    const what = `The first list of the instances of ${this.service}`
    return firstList(this.view, { what, timeoutMs: this.#settings.discoverTimeoutMs, clock: this.#clock, signal })
  }

  /** A new call, not a retry. */
  enter(): Attempts {
    this.#lastUsedMs = this.#clock.monotonicMs()
    this.#budget.deposit()
    return { tried: [], sent: 0 }
  }

  /** The instance for the next attempt, counted as in flight; `undefined` when there is none. */
  next(attempts: Attempts, options?: Omit<PickOptions, 'exclude'>): Instance | undefined {
    const instance = this.view.pick(
      options || attempts.tried.length > 0 ? { ...options, exclude: attempts.tried } : undefined,
    )
    if (instance === undefined) return undefined
    attempts.tried.push(instance)
    attempts.sent += 1
    this.#inFlight += 1
    this.view.begin(instance)
    return instance
  }

  end(instance: Instance, outcome: Outcome): void {
    this.#inFlight -= 1
    this.view.end(instance, outcome)
  }

  /**
   * Whether the call may be made again, on another instance. Nothing was sent: always. Else only when it is safe to
   * repeat, and within the budget.
   */
  mayRetry(attempts: Attempts, result: CallResult | 'not-sent', isSafe: boolean): boolean {
    if (result === 'unreachable' || result === 'not-sent') {
      attempts.sent -= 1
      return attempts.tried.length - attempts.sent < maxUnreachable
    }
    return result === 'failed' && isSafe && attempts.sent < this.#settings.maxAttempts && this.#budget.withdraw()
  }

  /** The error of a call for which no instance is left: what the last one failed with, if that had been sent. */
  noInstance({ tried }: Attempts, last: Failure | undefined): unknown {
    if (last?.result === 'failed') return last.error
    const { instances, staleSince, service } = this.view
    const counts = new Map<string, number>()
    for (const { status, weight } of instances) {
      const what = status === 'up' && weight === 0 ? 'up with weight 0' : status
      counts.set(what, (counts.get(what) ?? 0) + 1)
    }
    const known =
      instances.length === 0 ? 'it has none' : [...counts].map(([what, count]) => `${count} ${what}`).join(', ')
    const triedText = tried.length === 0 ? '' : `; tried ${tried.map(({ address }) => address).join(', ')}`
    const stale = staleSince ? `; the list dates from ${staleSince.toISOString()}` : ''
    const message = `No instance of ${service} can take the call: ${known}${triedText}${stale}.`
    return new WaypostError('no-instance', message, { cause: last?.error })
  }

  close(): Promise<void> {
    return this.view.close()
  }
}
