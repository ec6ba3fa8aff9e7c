import { type Clock, type Timer, WaypostError } from '@waypost/core'

export interface AdmissionOptions {
  /** The most requests at a time; the next ones wait. */
  readonly maxInFlight: number
  /** The most that wait; the next ones are refused at once. */
  readonly maxQueued: number
  /** A request that has waited for so long is refused. */
  readonly queueTimeoutMs: number
}

/** One that waits for its turn. */
export interface Waiting {
  /** Its turn has come: it counts as in flight. */
  admitted(): void
  /** Too many are before it, or it has waited too long. */
  shed(): void
}

interface Place {
  readonly waiting: Waiting
  readonly untilMs: number
}

/**
 * Protects the gateway from more than it can do: a limit of requests in flight, a short queue, and an early refusal
 * for the rest. The newest waits the shortest: under overload the oldest in the queue have clients that gave up.
 */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #clock: Clock
  /** In the order of their coming. */
  readonly #queue = new Set<Place>()
  #inFlight = 0
  #shed = 0
  #timer: Timer | undefined

  constructor(options: AdmissionOptions, clock: Clock) {
    if (options.maxInFlight < 1) throw new WaypostError('invalid-argument', 'maxInFlight must be 1 or more.')
    this.#options = options
    this.#clock = clock
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get queued(): number {
    return this.#queue.size
  }

  /** How many were refused. */
  get shed(): number {
    return this.#shed
  }

  /** True when the request may go on at once. False: `waiting` is told, perhaps before this returns. */
  enter(waiting: Waiting): boolean {
    if (this.#inFlight < this.#options.maxInFlight) {
      this.#inFlight += 1
      return true
    }
    if (this.#queue.size >= this.#options.maxQueued) {
      this.#shed += 1
      waiting.shed()
      return false
    }
    this.#queue.add({ waiting, untilMs: this.#clock.monotonicMs() + this.#options.queueTimeoutMs })
    this.#arm()
    return false
  }

  /** A request that waits is no longer of interest. */
  withdraw(waiting: Waiting): void {
    for (const place of this.#queue) {
      if (place.waiting !== waiting) continue
      this.#queue.delete(place)
      return
    }
  }

  /** A request that was in flight has ended. */
  leave(): void {
    this.#inFlight -= 1
    if (this.#queue.size === 0 || this.#inFlight >= this.#options.maxInFlight) return
    const next = this.#newest()
    if (next === undefined) return
    this.#queue.delete(next)
    this.#inFlight += 1
    next.waiting.admitted()
  }

  close(): void {
    this.#timer?.cancel()
  }

  /** While the queue is short it is first come, first served; a long one serves the newest first. */
  #newest(): Place | undefined {
    const isLong = this.#queue.size > this.#options.maxQueued / 2
    let chosen: Place | undefined
    for (const place of this.#queue) {
      chosen = place
      if (!isLong) break
    }
    return chosen
  }

  #arm(): void {
    const [oldest] = this.#queue
    if (this.#timer !== undefined || oldest === undefined) return
    const delayMs = oldest.untilMs - this.#clock.monotonicMs()
    this.#timer = this.#clock.after(delayMs, () => this.#expire(), { ref: false })
  }

  #expire(): void {
    this.#timer = undefined
    const nowMs = this.#clock.monotonicMs()
    for (const place of this.#queue) {
      if (place.untilMs > nowMs) break
      this.#queue.delete(place)
      this.#shed += 1
      place.waiting.shed()
    }
    this.#arm()
  }
}
