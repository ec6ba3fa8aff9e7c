import { Backoff, type Clock, delay, WaypostError } from '@waypost/core'
import { Auth, etcdErrors } from '@waypost/protocol'
import { RpcError } from '@waypost/rpc/client'
import type { EtcdLogger } from '../telemetry/logger.ts'
import { isMemberUnfit, judge, toWaypostError } from './errors.ts'
import type { Link } from './link.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
  /** Whether it is no surprise that the store asks for no login. */
  readonly optional?: boolean | undefined
}

/** Holds the token of the client's one user. However many calls need a new one, one request fetches it. */
export class Login {
  readonly #link: Link
  readonly #credentials: Credentials | undefined
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #logger: EtcdLogger | undefined
  #token: string | undefined
  #generation = 0
  #inFlight: Promise<void> | undefined

  constructor(link: Link, credentials: Credentials | undefined, timeoutMs: number, clock: Clock, logger?: EtcdLogger) {
    this.#link = link
    this.#credentials = credentials
    this.#timeoutMs = timeoutMs
    this.#clock = clock
    this.#logger = logger
  }

  /** What goes with every call; undefined when no login is needed, or none has happened yet. */
  get token(): string | undefined {
    return this.#token
  }

  /** Rises with every login, so that it can be told whether a refused call used the newest token. */
  get generation(): number {
    return this.#generation
  }

  /** Whether calls must wait for the first login. */
  get isDue(): boolean {
    return this.#generation === 0 && this.#credentials !== undefined
  }

  get hasCredentials(): boolean {
    return this.#credentials !== undefined
  }

  /** Logs in if that has not been done yet. */
  ensure(): Promise<void> {
    return this.isDue ? this.refresh(0) : Promise.resolve()
  }

  /** Fetches a new token, unless one newer than `generation` is there already. Fails with a `WaypostError`. */
  refresh(generation: number): Promise<void> {
    const credentials = this.#credentials
    if (credentials === undefined || this.#generation > generation) return Promise.resolve()
    this.#inFlight ??= this.#authenticate(credentials).finally(() => {
      this.#inFlight = undefined
    })
    return this.#inFlight
  }

  async #authenticate({ username, password, optional = false }: Credentials): Promise<void> {
    const deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs
    const backoff = new Backoff({ initialMs: 25, maxMs: 1_000 })
    for (;;) {
      const connection = await this.#link.acquire(deadlineMs)
      const timeoutMs = deadlineMs - this.#clock.monotonicMs()
      try {
        const answer = await connection.unary(Auth.authenticate, { name: username, password }, { timeoutMs })
        this.#token = answer.token
        this.#generation += 1
        return
      } catch (error) {
        if (RpcError.is(error) && error.message === etcdErrors.authNotEnabled.message) {
          if (!optional)
            this.#logger?.warn('a user was given, but authentication is off in the store; continuing without a login')
          this.#token = undefined
          this.#generation += 1
          return
        }
        // A store that restarts loses the connection, has no leader for a while, or changes permissions meanwhile.
        if (!RpcError.is(error) || judge(error, 'read') === 'give-up') throw this.#failure(error, connection.endpoint)
        // `acquire` spaces out the attempts to get a new connection.
        const waitMs = error.delivery === 'answered' ? backoff.nextMs() : 0
        if (this.#clock.monotonicMs() + waitMs >= deadlineMs) throw this.#failure(error, connection.endpoint)
        if (isMemberUnfit(error)) this.#link.leave(connection, error)
        if (waitMs > 0) await delay(waitMs, { clock: this.#clock })
      }
    }
  }

  #failure(error: unknown, endpoint: string): WaypostError {
    const converted = toWaypostError(error, { endpoint, effect: 'read' })
    const name = this.#credentials?.username ?? ''
    const message = `The store rejected the login of ${name}: check auth (--user, --password). It said: ${converted.message}`
    if (converted.code === 'unauthenticated') {
      return new WaypostError('unauthenticated', message, { cause: error, endpoint })
    }
    if (converted.code !== 'invalid-argument') return converted
    // A user without a password, a name that is empty: the store's words for credentials that do not fit.
    return new WaypostError('unauthenticated', message, { cause: error, endpoint })
  }
}
