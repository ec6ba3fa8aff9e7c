import type { Clock, Timer } from '@waypost/core'

export interface KeepaliveOptions {
  readonly clock: Clock
  readonly intervalMs: number
  readonly timeoutMs: number
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
  #silent = false

  constructor(options: KeepaliveOptions) {
    this.#options = options
    if (options.intervalMs > 0) this.#arm()
  }

  /** The peer said something. */
  sawTraffic(): void {
    this.#silent = false
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
    const ask = this.#silent && this.#options.isNeeded()
    this.#silent = true
    if (!ask) {
      this.#arm()
      return
    }
    const { clock, timeoutMs } = this.#options
    this.#timer = clock.after(timeoutMs, () => this.#options.onSilence(), { ref: false })
    const asked = this.#timer
    this.#options.ping().then(
      () => {
        if (this.#timer !== asked) return
        asked.cancel()
        this.#arm()
      },
      () => {
        // The connection is gone, or the timer says so soon.
      },
    )
  }
}
