import type { Clock, Timer } from '@waypost/core'
import { Health } from '@waypost/protocol'
import { type RpcConnection, RpcError, StatusCode } from '@waypost/rpc/client'

/** What is asked: a connection. */
export type Peer = Pick<RpcConnection, 'endpoint' | 'state' | 'received' | 'openCalls' | 'ping' | 'unary' | 'destroy'>

export interface SuspicionOptions<P extends Peer> {
  readonly clock: Clock
  /** How often a connection that stays silent is asked whether its peer is still there; 0 asks only on suspicion. */
  readonly intervalMs: number
  /** How long the answer may take before the connection ends. */
  readonly timeoutMs: number
  /** The answer takes long: time to look for another endpoint. Calls on the connection may still end. */
  onSilent(connection: P, error: RpcError): void
}

/** A connection that has spoken, and then says nothing for this time although something is expected of it, is asked. */
const quietMs = 1_000
const lookMs = 500
/** An answer that takes longer than this is a reason to look elsewhere. */
const patienceMs = 750
/** With 0 as the interval: how long after an answer a suspicion is taken for one that was answered. */
const answeredMs = 5_000
/** etcd takes more frequent pings for abuse, unless it has sent something between them. */
export const harmlessPingMs = 5_500
/** A peer may limit how many calls are open: from this many on, one more may have to wait, and a late answer means nothing. */
const manyOpenCalls = 50

/** A question to the peer of a connection whether it is there. */
interface Question {
  readonly kind: 'ping' | 'call'
  readonly atMs: number
  /** How much the peer had said once the question was settled; undefined before. */
  received: number | undefined
}

/**
 * Finds out whether the peer of a connection is still there. etcd hangs up on clients that ping it more often than
 * every 5 s, but counts from zero again whenever it sends something. So pings take turns with calls, which have it
 * send something.
 */
export class Suspicion<P extends Peer> {
  readonly #options: SuspicionOptions<P>
  readonly #asked = new WeakMap<P, Question>()
  #timer: Timer | undefined

  constructor(options: SuspicionOptions<P>) {
    this.#options = options
  }

  /** Looks after the connection in use from now on, in place of any other. */
  guard(connection: P): void {
    const { clock, intervalMs } = this.#options
    this.rest()
    if (intervalMs <= 0) return
    let heard = connection.received
    let quietSinceMs = clock.monotonicMs()
    const look = (): void => {
      const nowMs = clock.monotonicMs()
      if (connection.received !== heard) quietSinceMs = nowMs
      heard = connection.received
      const isQuiet = nowMs - quietSinceMs >= Math.min(quietMs, intervalMs) - this.#lookMs / 2
      if (isQuiet && connection.openCalls > 0) this.suspect(connection)
      lookLater()
    }
    const lookLater = (): void => {
      this.#timer = clock.after(this.#lookMs, look, { ref: false })
    }
    lookLater()
  }

  /** How often a connection is looked at; half of that is how exactly times are kept. */
  get #lookMs(): number {
    return Math.min(lookMs, this.#options.intervalMs / 2)
  }

  /** Looks after no connection any more. */
  rest(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Asks the peer whether it is there, unless that was done just now. If it does not answer at all, ends the connection. */
  suspect(connection: P): void {
    const { clock, timeoutMs, onSilent } = this.#options
    const kind = this.#kindOfQuestion(connection)
    if (kind === undefined) return
    const question: Question = { kind, atMs: clock.monotonicMs(), received: undefined }
    this.#asked.set(connection, question)
    const before = connection.received
    // Whatever a peer says, it is there: one that is overloaded may answer others first.
    const isSilent = (): boolean => connection.received === before
    // An answer that came while this process was busy itself is read first.
    const leaving = clock.after(patienceMs, () =>
      setImmediate(() => {
        if (isSilent()) onSilent(connection, silence(connection, patienceMs))
      }),
    )
    const answer = kind === 'ping' ? connection.ping(timeoutMs) : call(connection, timeoutMs, clock)
    answer
      .then(
        () => {},
        () => {
          if (isSilent()) connection.destroy(silence(connection, timeoutMs))
        },
      )
      .then(() => {
        question.received = connection.received
      })
      .finally(() => leaving.cancel())
  }

  /** Undefined when nothing is to be asked now. */
  #kindOfQuestion(connection: P): Question['kind'] | undefined {
    if (connection.state !== 'ready') return undefined
    const last = this.#asked.get(connection)
    if (last === undefined) return 'ping'
    if (last.received === undefined) return undefined
    if (connection.received > last.received) return 'ping'
    const { clock, intervalMs } = this.#options
    const sinceMs = clock.monotonicMs() - last.atMs
    if (sinceMs < (intervalMs || answeredMs) - this.#lookMs / 2) return undefined
    if (last.kind === 'call' || sinceMs >= harmlessPingMs) return 'ping'
    return connection.openCalls < manyOpenCalls ? 'call' : undefined
  }
}

/** Resolves with any answer, a refusal too. */
function call(connection: Peer, timeoutMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(silence(connection, timeoutMs))
    const timer = clock.after(timeoutMs, () => setImmediate(giveUp))
    connection
      .unary(Health.check, { service: '' }, { timeoutMs: 2 * timeoutMs })
      .then(
        () => resolve(),
        (error: unknown) => (RpcError.is(error) && error.delivery === 'answered' ? resolve() : reject(error)),
      )
      .finally(() => timer.cancel())
  })
}

function silence({ endpoint }: Peer, withinMs: number): RpcError {
  const message = `connection to ${endpoint} lost: no answer to a ping within ${withinMs} ms`
  return new RpcError(StatusCode.UNAVAILABLE, message, { delivery: 'sent' })
}
