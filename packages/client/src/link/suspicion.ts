import type { Clock, Timer } from '@waypost/core'
import { type RpcConnection, RpcError, StatusCode } from '@waypost/rpc/client'

export interface SuspicionOptions {
  readonly clock: Clock
  /** How often a connection that stays silent is asked whether it is still there; 0 asks only on suspicion. */
  readonly intervalMs: number
  /** How long the answer may take before the connection ends. */
  readonly timeoutMs: number
  /** The answer takes long: time to look for another endpoint. Calls on the connection may still end. */
  onSilent(connection: RpcConnection, error: RpcError): void
}

/** A connection that has spoken, and then says nothing for this time although something is expected of it, is asked. */
const quietMs = 1_000
/** An answer that takes longer than this is a reason to look elsewhere. */
const patienceMs = 750
/** etcd takes more frequent pings for abuse, unless it has sent something between them. */
const abusiveMs = 5_000

/**
 * Finds out whether the peer of a connection is still there. etcd hangs up on clients that ping it more often than
 * every 5 s, but starts counting anew with everything that it sends: so one that falls silent is asked soon, and one
 * that stays silent at the interval.
 */
export class Suspicion {
  readonly #options: SuspicionOptions
  /** When a connection was asked last, and how much its peer had said once it had answered. */
  readonly #asked = new WeakMap<RpcConnection, { readonly atMs: number; received: number }>()
  #timer: Timer | undefined

  constructor(options: SuspicionOptions) {
    this.#options = options
  }

  /** Looks after the connection in use from now on, in place of any other. */
  guard(connection: RpcConnection, heard = -1): void {
    const { clock, intervalMs } = this.#options
    this.#timer?.cancel()
    if (intervalMs <= 0) return
    const look = (): void => {
      const { received } = connection
      if (received === heard && connection.openCalls > 0) this.suspect(connection)
      this.guard(connection, received)
    }
    this.#timer = clock.after(Math.min(quietMs, intervalMs), look, { ref: false })
  }

  /** Looks after no connection any more. */
  rest(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Asks the peer whether it is there, unless that was done just now. If it does not answer at all, ends the connection. */
  suspect(connection: RpcConnection): void {
    const { clock, intervalMs, timeoutMs, onSilent } = this.#options
    const nowMs = clock.monotonicMs()
    const last = this.#asked.get(connection)
    const isRecent = last !== undefined && nowMs - last.atMs < (intervalMs || abusiveMs)
    if (connection.state !== 'ready' || (isRecent && connection.received <= last.received)) return
    const asked = { atMs: nowMs, received: Number.POSITIVE_INFINITY }
    this.#asked.set(connection, asked)
    // An answer that came while this process was busy itself is read first.
    const leaving = clock.after(patienceMs, () =>
      setImmediate(() => {
        if (asked.received === Number.POSITIVE_INFINITY) onSilent(connection, silence(connection, patienceMs))
      }),
    )
    connection
      .ping(timeoutMs)
      .then(
        () => {
          asked.received = connection.received
        },
        () => connection.destroy(silence(connection, timeoutMs)),
      )
      .finally(() => leaving.cancel())
  }
}

function silence({ endpoint }: RpcConnection, withinMs: number): RpcError {
  const message = `connection to ${endpoint} lost: no answer to a ping within ${withinMs} ms`
  return new RpcError(StatusCode.UNAVAILABLE, message, { delivery: 'sent' })
}
