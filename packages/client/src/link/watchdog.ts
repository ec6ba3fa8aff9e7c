import type { Clock, Timer } from '@waypost/core'
import type { Link } from './link.ts'

const tickMs = 250
/** After this many ticks without an answer the connection is suspect: after 0.75 to 1 s. */
const suspiciousTicks = 3

/**
 * Notices that calls are out and none is answered, long before their deadlines: then the link asks the peer
 * whether it is there at all. One timer for all calls, and none while nothing is out.
 */
export class Watchdog {
  readonly #link: Link
  readonly #clock: Clock
  #out = 0
  #answers = 0
  #answersAtLastTick = 0
  #silentTicks = 0
  #timer: Timer | undefined

  constructor(link: Link, clock: Clock) {
    this.#link = link
    this.#clock = clock
  }

  sent(): void {
    this.#out += 1
    if (this.#timer === undefined) this.#arm()
  }

  answered(): void {
    this.#out -= 1
    this.#answers += 1
  }

  /** A call ended without an answer. */
  gaveUp(): void {
    this.#out -= 1
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(): void {
    this.#timer = this.#clock.after(tickMs, () => this.#tick(), { ref: false })
  }

  #tick(): void {
    this.#timer = undefined
    if (this.#out === 0) {
      this.#silentTicks = 0
      return
    }
    this.#silentTicks = this.#answers === this.#answersAtLastTick ? this.#silentTicks + 1 : 0
    this.#answersAtLastTick = this.#answers
    const { current } = this.#link
    if (this.#silentTicks >= suspiciousTicks && current) this.#link.suspect(current)
    this.#arm()
  }
}
