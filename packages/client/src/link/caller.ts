import {
  Backoff,
  type CallOptions,
  type Clock,
  delay,
  invalidArgument,
  WaypostError,
  withTimeLimit,
} from '@waypost/core'
import type { ClientMethod, Metadata, RpcCallOptions, RpcConnection } from '@waypost/rpc/client'
import { RpcError, StatusCode } from '@waypost/rpc/client'
import type { Instruments } from '../telemetry/instruments.ts'
import { type Effect, fromHere, isMemberUnfit, judge, toWaypostError } from './errors.ts'
import { closedError, type Link } from './link.ts'
import type { Login } from './login.ts'
import { Relogin, type TokenUse } from './relogin.ts'
import { Watchdog } from './watchdog.ts'

/** A call that failed once: on what connection, with which token, and how. */
interface Failure extends TokenUse {
  readonly error: unknown
}

/** A member that lags behind may not know a new token yet: how often one is tried. */
export const laggingMemberLimit = 3

export interface CallSpec extends CallOptions {
  /** False: any member may answer from its own state, also while it knows no leader. Default true. */
  readonly linearizable?: boolean | undefined
}

/**
 * Makes unary calls: on the connection in use, with the token and a deadline, and again where that is safe.
 * The usual case, a connection that is there and a call that succeeds, costs one `await`.
 */
export class Caller {
  readonly #link: Link
  readonly #login: Login
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #watchdog: Watchdog
  readonly #instruments: Instruments | undefined
  /** For calls without a signal or deadline of their own: the same object until the token changes. */
  #usual: RpcCallOptions = {}
  #usualGeneration = -1
  #stopped = false

  constructor(link: Link, login: Login, timeoutMs: number, clock: Clock, instruments?: Instruments) {
    this.#instruments = instruments
    this.#link = link
    this.#login = login
    this.#timeoutMs = timeoutMs
    this.#clock = clock
    this.#watchdog = new Watchdog(link, clock)
  }

  /** Sends a request and resolves with the answer. Rejects with a `WaypostError`. */
  call<Req, Res>(method: ClientMethod<Req, Res>, request: Req, effect: Effect, spec?: CallSpec): Promise<Res> {
    if (this.#instruments === undefined) return this.#call(method, request, effect, spec)
    return this.#instruments.observe(method.path, () => this.#call(method, request, effect, spec))
  }

  /** Asks one endpoint, once, on a connection of its own unless it is the one in use. */
  callAt<Req, Res>(
    endpoint: string,
    method: ClientMethod<Req, Res>,
    request: Req,
    effect: Effect,
    spec?: CallSpec,
  ): Promise<Res> {
    return this.at(endpoint, effect, spec, (connection, timeoutMs) =>
      connection.unary(method, request, this.#rpcOptions({ ...spec, linearizable: false }, timeoutMs)),
    )
  }

  /**
   * Lets `ask` talk to one endpoint; again with a newer token when the store refuses the present one.
   * `ask` is given what is left of the deadline. Rejects with a `WaypostError`.
   */
  async at<Res>(
    endpoint: string | undefined,
    effect: Effect,
    spec: CallSpec | undefined,
    ask: (connection: RpcConnection, timeoutMs: number) => Promise<Res>,
  ): Promise<Res> {
    const deadlineMs = this.#clock.monotonicMs() + (spec?.timeoutMs ?? this.#timeoutMs)
    const { connection, release } = await this.connectionFor(endpoint, spec)
    const relogin = new Relogin(this.#login)
    const backoff = new Backoff({ initialMs: 25, maxMs: 1_000 })
    try {
      for (;;) {
        const { generation } = this.#login
        try {
          return await ask(connection, deadlineMs - this.#clock.monotonicMs())
        } catch (error) {
          const failure = toWaypostError(error, { endpoint: connection.endpoint, effect, signal: spec?.signal })
          if (this.#verdict(error, effect, spec?.signal) !== 'log-in') throw failure
          const refusal = { generation, connection, error: failure }
          const isNew = await this.#within(relogin.refused(refusal, laggingMemberLimit), deadlineMs, spec?.signal)
          if (!isNew) throw failure
          await delay(backoff.nextMs(), { signal: spec?.signal, clock: this.#clock })
        }
      }
    } finally {
      release()
    }
  }

  /** A connection to one endpoint, or the one in use, after the login; to be released when done. */
  async connectionFor(
    endpoint: string | undefined,
    spec?: CallSpec,
  ): Promise<{ readonly connection: RpcConnection; release(): void }> {
    if (this.#stopped) throw closedError()
    const deadlineMs = this.#clock.monotonicMs() + checkedTimeout(spec?.timeoutMs ?? this.#timeoutMs)
    if (this.#login.isDue) await this.#within(this.#login.ensure(), deadlineMs, spec?.signal)
    const wanted = endpoint === undefined ? undefined : this.#link.parse(endpoint)
    const { current } = this.#link
    if (wanted === undefined || current?.endpoint === wanted) {
      return { connection: current ?? (await this.#link.acquire(deadlineMs, spec?.signal)), release: () => {} }
    }
    const connection = this.#link.openTo(wanted)
    return { connection, release: () => void connection.close() }
  }

  /** For requests that this class does not send itself. */
  relogin(): Relogin {
    return new Relogin(this.#login)
  }

  /** The token that `metadata` holds now, as `Relogin` knows it. */
  get tokenGeneration(): number {
    return this.#login.generation
  }

  /** From now on every call fails with `closed`. */
  stop(): void {
    this.#stopped = true
    this.#watchdog.stop()
  }

  async #call<Req, Res>(method: ClientMethod<Req, Res>, request: Req, effect: Effect, spec?: CallSpec): Promise<Res> {
    const startedMs = this.#clock.monotonicMs()
    const connection = this.#link.current
    if (connection === undefined || this.#login.isDue || this.#stopped || spec?.signal?.aborted) {
      return this.#persist(method, request, effect, spec, startedMs, undefined)
    }
    const generation = this.#login.generation
    const watchdog = this.#watchdog
    watchdog.sent()
    try {
      const answer = await connection.unary(method, request, this.#rpcOptions(spec, undefined))
      watchdog.answered()
      return answer
    } catch (error) {
      this.#failed(error, connection)
      return this.#persist(method, request, effect, spec, startedMs, { error, connection, generation })
    }
  }

  async #persist<Req, Res>(
    method: ClientMethod<Req, Res>,
    request: Req,
    effect: Effect,
    spec: CallSpec | undefined,
    startedMs: number,
    first: Failure | undefined,
  ): Promise<Res> {
    const signal = spec?.signal
    const deadlineMs = startedMs + checkedTimeout(spec?.timeoutMs ?? this.#timeoutMs)
    const backoff = new Backoff({ initialMs: 25, maxMs: 1_000 })
    const relogin = new Relogin(this.#login)
    let attempts = 0
    let failure = first
    for (;;) {
      if (failure !== undefined) {
        const { error, connection } = failure
        const verdict = this.#verdict(error, effect, signal)
        if (RpcError.is(error) && isMemberUnfit(error)) this.#link.leave(connection, error)
        const giveUp = (): WaypostError => {
          const converted = toWaypostError(error, { endpoint: connection.endpoint, effect, signal })
          return this.#stopped && converted.code === 'unavailable' ? closedError() : converted
        }
        if (verdict === 'give-up') throw giveUp()
        if (verdict === 'log-in') {
          if (!(await this.#within(relogin.refused({ ...failure, error: giveUp() }), deadlineMs, signal)))
            throw giveUp()
        } else {
          // A lost connection is replaced at once, the first time.
          const waitMs = attempts++ === 0 && RpcError.is(error) && error.delivery !== 'answered' ? 0 : backoff.nextMs()
          if (this.#clock.monotonicMs() + waitMs >= deadlineMs) throw giveUp()
          if (waitMs > 0) await delay(waitMs, { signal, clock: this.#clock })
        }
      }
      if (this.#stopped) throw closedError()
      if (failure !== undefined) this.#instruments?.retried(method.path)
      const connection = await this.#acquire(deadlineMs, signal)
      if (this.#login.isDue) await this.#within(this.#login.ensure(), deadlineMs, signal)
      const timeoutMs = deadlineMs - this.#clock.monotonicMs()
      const generation = this.#login.generation
      this.#watchdog.sent()
      try {
        const answer = await connection.unary(method, request, this.#rpcOptions(spec, timeoutMs))
        this.#watchdog.answered()
        return answer
      } catch (error) {
        this.#failed(error, connection)
        failure = { error, connection, generation }
      }
    }
  }

  async #acquire(deadlineMs: number, signal: AbortSignal | undefined): Promise<RpcConnection> {
    try {
      return await this.#link.acquire(deadlineMs, signal)
    } catch (error) {
      throw fromHere(error)
    }
  }

  #failed(error: unknown, connection: RpcConnection): void {
    if (!RpcError.is(error) || error.delivery === 'answered') {
      this.#watchdog.answered()
      return
    }
    this.#watchdog.gaveUp()
    // Calls with short deadlines give up before the watchdog looks.
    if (error.code === StatusCode.DEADLINE_EXCEEDED) this.#link.suspect(connection)
  }

  #verdict(error: unknown, effect: Effect, signal: AbortSignal | undefined): 'give-up' | 'again' | 'log-in' {
    if (!RpcError.is(error) || this.#stopped || signal?.aborted) return 'give-up'
    return judge(error, effect)
  }

  /** @param remainingMs what is left of the deadline; undefined for a first attempt, which has all of it */
  #rpcOptions(spec: CallSpec | undefined, remainingMs: number | undefined): RpcCallOptions {
    if (this.#usualGeneration !== this.#login.generation) {
      this.#usualGeneration = this.#login.generation
      this.#usual = Object.freeze({ timeoutMs: this.#timeoutMs, metadata: this.metadata(true) })
    }
    const linearizable = spec?.linearizable ?? true
    if (remainingMs === undefined && linearizable && spec?.signal === undefined && spec?.timeoutMs === undefined) {
      return this.#usual
    }
    return {
      signal: spec?.signal,
      timeoutMs: remainingMs ?? checkedTimeout(spec?.timeoutMs ?? this.#timeoutMs),
      metadata: linearizable ? this.#usual.metadata : this.metadata(false),
    }
  }

  /** The token, and the wish that a member without a leader should say so rather than keep the caller waiting. */
  metadata(requireLeader: boolean): Metadata {
    const { token } = this.#login
    return Object.freeze({
      ...(token === undefined ? {} : { token }),
      ...(requireLeader ? { hasleader: 'true' } : {}),
    })
  }

  /** Waits for a login that other calls wait for too, but no longer than this call may take. */
  #within<T>(work: Promise<T>, deadlineMs: number, signal: AbortSignal | undefined): Promise<T> {
    const clock = this.#clock
    const error = (): WaypostError =>
      this.#link.current === undefined
        ? this.#link.unavailable()
        : new WaypostError('deadline-exceeded', 'The login took longer than the call may take.')
    return withTimeLimit(work, { what: 'The login', timeoutMs: deadlineMs - clock.monotonicMs(), clock, signal, error })
  }
}

function checkedTimeout(timeoutMs: number): number {
  if (timeoutMs > 0) return timeoutMs
  throw invalidArgument(`timeoutMs must be above 0, not ${timeoutMs}.`)
}
