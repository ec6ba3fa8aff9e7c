import { abortedError, type Clock, onAbort, type Timer, type WaypostError } from '@waypost/core'
import type { RpcConnection } from '@waypost/rpc/client'

interface Waiter {
  resolve(connection: RpcConnection): void
  reject(error: WaypostError): void
}

/** Those who wait for a connection, each as long as it may. */
export class Waiters {
  readonly #clock: Clock
  /** Nobody waits any more. */
  readonly #onEmpty: () => void
  readonly #waiting = new Set<Waiter>()

  constructor(clock: Clock, onEmpty: () => void) {
    this.#clock = clock
    this.#onEmpty = onEmpty
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /**
   * Fails with `aborted`, or at the deadline.
   * @param deadlineMs on the clock's monotonic scale; Infinity waits forever
   * @param tooLate what to say at the deadline
   */
  wait(deadlineMs: number, signal: AbortSignal | undefined, tooLate: () => WaypostError): Promise<RpcConnection> {
    if (signal?.aborted) return Promise.reject(abortedError(signal))
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined
      const leave = (): void => {
        timer?.cancel()
        release()
        this.#waiting.delete(waiter)
        if (this.#waiting.size === 0) this.#onEmpty()
      }
      const waiter: Waiter = {
        resolve: (connection) => {
          leave()
          resolve(connection)
        },
        reject: (error) => {
          leave()
          reject(error)
        },
      }
      const release = onAbort(signal, () => signal && waiter.reject(abortedError(signal)))
      this.#waiting.add(waiter)
      if (deadlineMs < Number.POSITIVE_INFINITY) {
        timer = this.#clock.after(deadlineMs - this.#clock.monotonicMs(), () => waiter.reject(tooLate()))
      }
    })
  }

  serve(connection: RpcConnection): void {
    for (const waiter of [...this.#waiting]) waiter.resolve(connection)
  }

  refuse(error: () => WaypostError): void {
    for (const waiter of [...this.#waiting]) waiter.reject(error())
  }
}
