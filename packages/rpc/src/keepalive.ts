import type { Clock, Timer } from '@waypost/core'

export interface KeepaliveOptions {
  readonly clock: Clock
  readonly intervalMs: number
  readonly timeoutMs: number
  /** How much the peer has said so far; what matters is whether it grows. */
  received(): number
  /** Whether there is anybody to ask for. Servers take pings on an idle connection for abuse. */
  isNeeded(): boolean
  ping(): Promise<unknown>
  /** The peer did not answer in time. */
  onSilence(): void
}

/** Asks a peer that has said nothing for an interval whether it is still there. */
export class Keepalive {
  readonly #options: KeepaliveOptions
  #timer: Timer | undefined
  #receivedBefore = -1

  constructor(options: KeepaliveOptions) {
    this.#options = options
    if (options.intervalMs > 0) this.#arm()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(): void {
    const { clock, intervalMs } = this.#options
    this.#timer = clock.after(intervalMs, () => this.#tick(), { ref: false })
  }

  #tick(): void {
    const received = this.#options.received()
    const ask = received === this.#receivedBefore && this.#options.isNeeded()
    this.#receivedBefore = received
    if (!ask) {
      this.#arm()
      return
    }
    const { clock, timeoutMs, onSilence } = this.#options
    // An answer that came while this process was busy itself is read first.
    const asked = clock.after(timeoutMs, () => setImmediate(() => conclude()), { ref: false })
    const conclude = (): void => {
      if (this.#timer !== asked) return
      // Whatever a peer says, it is there: one that is overloaded may answer others first.
      if (this.#options.received() === received) onSilence()
      else this.#arm()
    }
    this.#timer = asked
    this.#options.ping().then(
      () => {
        if (this.#timer !== asked) return
        asked.cancel()
        // The answer itself is no reason not to ask again.
        this.#receivedBefore = this.#options.received()
        this.#arm()
      },
      () => {
        // The connection is gone, or the timer says so soon.
      },
    )
  }
}
