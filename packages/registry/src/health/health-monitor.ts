import { anySignal, type Clock, type Timer, withTimeLimit } from '@waypost/core'
import type { ResolvedHealth } from './health-options.ts'

/** What is thought of the instance after a check. */
export interface Checked {
  readonly healthy: boolean
  /** Whether the check changed that. The first one always does. */
  readonly hasChanged: boolean
  /** Why the check failed, if it did. */
  readonly error: Error | undefined
}

/**
 * Checks an instance again and again, and changes its mind only after several checks in a row, so that one slow
 * answer does not move the traffic of the whole service.
 */
export class HealthMonitor {
  readonly #health: ResolvedHealth
  readonly #onChecked: (checked: Checked) => void
  readonly #clock: Clock
  readonly #ending = new AbortController()
  #timer: Timer | undefined
  #healthy: boolean | undefined
  /** Checks in a row that speak against what is thought. */
  #against = 0

  /** @param random spreads the first checks of many instances over the interval */
  constructor(health: ResolvedHealth, onChecked: (checked: Checked) => void, clock: Clock, random: () => number) {
    this.#health = health
    this.#onChecked = onChecked
    this.#clock = clock
    this.#checkAfter(Math.min(100, health.intervalMs) * random())
  }

  /** Idempotent. A check that runs is aborted. */
  close(): void {
    this.#ending.abort()
    this.#timer?.cancel()
  }

  #checkAfter(delayMs: number): void {
    if (this.#ending.signal.aborted) return
    this.#timer = this.#clock.after(delayMs, () => void this.#round())
  }

  async #round(): Promise<void> {
    const beganMs = this.#clock.monotonicMs()
    const error = await this.#check()
    if (this.#ending.signal.aborted) return
    this.#judge(error)
    this.#checkAfter(Math.max(0, this.#health.intervalMs - (this.#clock.monotonicMs() - beganMs)))
  }

  async #check(): Promise<Error | undefined> {
    const { check, timeoutMs } = this.#health
    const done = new AbortController()
    const signal = anySignal([this.#ending.signal, done.signal])
    try {
      await withTimeLimit(Promise.resolve(check(signal)), {
        what: 'The health check',
        timeoutMs,
        clock: this.#clock,
        signal: this.#ending.signal,
      })
      return undefined
    } catch (error) {
      done.abort(error)
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      done.abort()
    }
  }

  #judge(error: Error | undefined): void {
    const good = error === undefined
    const before = this.#healthy
    const { rise, fall } = this.#health
    if (before === undefined) this.#healthy = good
    else if (good === before) this.#against = 0
    else {
      this.#against += 1
      if (this.#against >= (good ? rise : fall)) this.#healthy = good
    }
    const healthy = this.#healthy ?? good
    if (healthy !== before) this.#against = 0
    this.#onChecked({ healthy, hasChanged: healthy !== before, error })
  }
}
