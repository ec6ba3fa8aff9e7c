import type { Clock, Timer, WaypostError } from '@waypost/core'
import type { EtcdLogger } from '../telemetry/logger.ts'

/** What a client goes on with while the store is away. */
export interface Reserves {
  /** Views that serve what they last knew. */
  readonly readyCaches: number
  /** Views that wait for their first list, or for the store to follow it again. */
  readonly staleCaches: number
  readonly watches: number
  /** Changes that views have taken in, and leases that were lost, since the client was made. */
  readonly changes: number
  readonly leasesLost: number
}

export interface OutageOptions {
  readonly clock: Clock
  readonly logger: EtcdLogger
  reserves(): Reserves
}

/** A connection that comes back sooner, or at another member, is nothing to report. */
const graceMs = 1_000
/** How long after the loss the absence is mentioned again, and how often from then on. */
const remindMs = [60_000, 600_000] as const
/** How long the views may take to catch up before the changes are counted. */
const catchUpMs = 10_000
const lookMs = 250

/**
 * Reports that the store is lost, now and then that it still is, and that it is back: one line each.
 * An outage lasts from the first failure to the next connection. While nobody asks for the store, its state is not
 * known and nothing is reported.
 */
export class Outage {
  readonly #options: OutageOptions
  #sinceMs: number | undefined
  #wasConnected = false
  #isReported = false
  #before: Reserves | undefined
  #error: WaypostError | undefined
  #timer: Timer | undefined

  constructor(options: OutageOptions) {
    this.#options = options
  }

  /** The connection was lost. Whether the store is, too, only the attempts to connect again tell. */
  lost(): void {
    if (this.#sinceMs !== undefined) return
    this.#cancelTimer()
    this.#sinceMs = this.#options.clock.monotonicMs()
    this.#before = this.#options.reserves()
  }

  /** An attempt to connect failed. */
  failed(error: WaypostError): void {
    this.lost()
    this.#error = error
    if (this.#timer === undefined && !this.#isReported) this.#later(graceMs, () => this.#report())
  }

  /** There is a connection. */
  connected(endpoint: string): void {
    const sinceMs = this.#sinceMs
    const before = this.#before
    const isReported = this.#isReported
    this.#wasConnected = true
    this.#end()
    if (!isReported || sinceMs === undefined || before === undefined) return
    const lastedMs = this.#options.clock.monotonicMs() - sinceMs
    this.#whenCaughtUp(this.#options.clock.monotonicMs() + catchUpMs, () => {
      const { logger, reserves } = this.#options
      logger.warn(`The store is back at ${endpoint} after ${duration(lastedMs)}. ${whatChanged(before, reserves())}`)
    })
  }

  /** Nobody asks for the store any more. */
  rest(): void {
    if (this.#isReported) this.#cancelTimer()
    else if (this.#sinceMs !== undefined) this.#end()
  }

  close(): void {
    this.#end()
  }

  #cancelTimer(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #end(): void {
    this.#cancelTimer()
    this.#sinceMs = undefined
    this.#isReported = false
  }

  #report(): void {
    const { logger, reserves } = this.#options
    const what = this.#wasConnected ? 'The store is lost' : 'The store cannot be reached'
    this.#isReported = true
    logger.warn(`${what}: ${this.#error?.message ?? 'no answer'}. ${goesOnWith(reserves())}`)
    this.#later(remindMs[0], () => this.#remind())
  }

  #remind(): void {
    const { clock, logger } = this.#options
    const forMs = clock.monotonicMs() - (this.#sinceMs ?? 0)
    logger.warn(`The store is still unreachable after ${duration(forMs)}: ${this.#error?.message ?? 'no answer'}.`)
    this.#later(remindMs[1], () => this.#remind())
  }

  #whenCaughtUp(deadlineMs: number, then: () => void): void {
    const { clock, reserves } = this.#options
    if (reserves().staleCaches === 0 || clock.monotonicMs() >= deadlineMs) then()
    else this.#later(lookMs, () => this.#whenCaughtUp(deadlineMs, then))
  }

  #later(delayMs: number, callback: () => void): void {
    this.#timer = this.#options.clock.after(
      delayMs,
      () => {
        this.#timer = undefined
        callback()
      },
      { ref: false },
    )
  }
}

function goesOnWith({ readyCaches, watches }: Reserves): string {
  const parts: string[] = []
  if (readyCaches > 0) parts.push(`${count(readyCaches, 'view keeps', 'views keep')} the last known state`)
  if (watches > 0) parts.push(`${count(watches, 'watch waits', 'watches wait')}`)
  return parts.length === 0 ? 'Calls fail until it is back.' : `Until it is back, ${parts.join(' and ')}.`
}

function whatChanged(before: Reserves, now: Reserves): string {
  const changes = now.changes - before.changes
  const lost = now.leasesLost - before.leasesLost
  const views = now.staleCaches > 0 ? `${count(now.staleCaches, 'view is', 'views are')} not up to date yet. ` : ''
  const keys =
    changes === 0 ? 'Nothing that is watched has changed.' : `${count(changes, 'key', 'keys')} changed meanwhile.`
  return `${views}${keys}${lost === 0 ? '' : ` ${count(lost, 'lease was', 'leases were')} lost.`}`
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
