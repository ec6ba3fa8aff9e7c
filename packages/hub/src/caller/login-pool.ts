import type { EtcdClientOptions } from '@waypost/client'
import type { ConfigCenterOptions } from '@waypost/config/admin'
import { type Clock, type Timer, WaypostError } from '@waypost/core'
import type { Credentials } from './credentials.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { PooledLogin } from './pooled-login.ts'

/** How long the clients of a login are kept that nobody uses. */
const idleMs = 60_000
/** A login is checked again when it is used and the last check is older. */
const verifyAgainMs = 60_000
const sweepMs = 10_000
const maxLogins = 1_000

interface Entry {
  readonly login: PooledLogin
  /** Settles when the store has accepted the login. */
  readonly verified: Promise<void>
  isVerified: boolean
  verifiedMs: number
  usedMs: number
}

export interface LoginPoolParts {
  /** How the store is reached; without a login. */
  readonly clientOptions: EtcdClientOptions
  readonly throttle: LoginThrottle
  readonly clock: Clock
  readonly checks: ConfigCenterOptions['checks']
}

/** The clients of those who make requests: one for each login, closed when it is idle. */
export class LoginPool {
  readonly #parts: LoginPoolParts
  readonly #entries = new Map<string, Entry>()
  #sweep: Timer | undefined
  #closed = false

  constructor(parts: LoginPoolParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#entries.size
  }

  /** A login that the store has accepted already: the quick way. */
  verified(credentials: Credentials | undefined): PooledLogin | undefined {
    const entry = this.#entries.get(keyOf(credentials))
    if (entry?.isVerified !== true) return undefined
    const nowMs = this.#parts.clock.monotonicMs()
    entry.usedMs = nowMs
    if (nowMs - entry.verifiedMs > verifyAgainMs) this.#verifyAgain(credentials, entry, nowMs)
    return entry.login
  }

  /**
   * The clients of a login, which the store is asked to check. Fails with `unauthenticated`, with `overloaded` while
   * too many logins fail, and as the client does.
   */
  async login(credentials: Credentials | undefined, address: string): Promise<PooledLogin> {
    const quick = this.verified(credentials)
    if (quick !== undefined) return quick
    const entry = this.#entries.get(keyOf(credentials)) ?? this.#open(credentials, address)
    await entry.verified
    return entry.login
  }

  /** The store without a login, whether or not it answers. */
  anonymous(): PooledLogin {
    return (this.#entries.get(keyOf(undefined)) ?? this.#open(undefined, '')).login
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#sweep?.cancel()
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.map(({ login }) => login.close()))
  }

  #open(credentials: Credentials | undefined, address: string): Entry {
    if (this.#closed) throw new WaypostError('closed', 'The hub stops.')
    if (this.#entries.size >= maxLogins && !this.#closeOldestIdle()) {
      throw new WaypostError('overloaded', `${maxLogins} logins use the hub at this moment.`)
    }
    const { clientOptions, throttle, clock, checks } = this.#parts
    const login = new PooledLogin(clientOptions, credentials, clock, checks)
    const check = (): Promise<void> => login.verify(AbortSignal.timeout(10_000))
    const verified = credentials === undefined ? check() : throttle.attempt(address, credentials.username, check)
    const nowMs = clock.monotonicMs()
    const entry: Entry = { login, verified, isVerified: false, verifiedMs: nowMs, usedMs: nowMs }
    const key = keyOf(credentials)
    this.#entries.set(key, entry)
    verified.then(
      () => {
        entry.isVerified = true
      },
      () => this.#forget(key, entry),
    )
    this.#sweep ??= clock.after(sweepMs, () => this.#closeIdle(), { ref: false })
    return entry
  }

  /** A changed password or a user that was deleted is noticed. A store that is away changes nothing. */
  #verifyAgain(credentials: Credentials | undefined, entry: Entry, nowMs: number): void {
    entry.verifiedMs = nowMs
    entry.login.verify(AbortSignal.timeout(10_000)).catch((error: unknown) => {
      if (WaypostError.is(error, 'unauthenticated')) this.#forget(keyOf(credentials), entry)
    })
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key)
    void entry.login.close()
  }

  #closeIdle(): void {
    const nowMs = this.#parts.clock.monotonicMs()
    for (const [key, entry] of this.#entries) {
      if (nowMs - entry.usedMs > idleMs && isIdle(entry)) this.#forget(key, entry)
    }
    this.#sweep =
      this.#entries.size === 0 || this.#closed
        ? undefined
        : this.#parts.clock.after(sweepMs, () => this.#closeIdle(), { ref: false })
  }

  #closeOldestIdle(): boolean {
    for (const [key, entry] of this.#entries) {
      if (!isIdle(entry)) continue
      this.#forget(key, entry)
      return true
    }
    return false
  }
}

function isIdle({ login }: Entry): boolean {
  return login.views.isIdle && login.kept.isIdle
}

/** Kept in memory only, where the client holds the password too. */
function keyOf(credentials: Credentials | undefined): string {
  return credentials === undefined ? '' : `${credentials.username}\0${credentials.password}`
}
