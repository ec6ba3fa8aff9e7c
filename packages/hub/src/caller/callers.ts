import { WaypostError } from '@waypost/core'
import type { Caller } from './caller.ts'
import { type Credentials, readCredentials, type Shown } from './credentials.ts'
import type { LoginPool } from './login-pool.ts'
import type { PooledLogin } from './pooled-login.ts'
import type { Session, Sessions } from './sessions.ts'

export interface CallersParts {
  readonly pool: LoginPool
  readonly sessions: Sessions
  /** Whether requests without a login are served where the store asks for none: on loopback, or when that was asked for. */
  readonly allowsAnonymous: boolean
}

/** The headers of a request that say who makes it. */
export interface ShownHeaders {
  readonly authorization?: string | undefined
  readonly cookie?: string | undefined
}

/** Finds out who makes a request. */
export class Callers {
  readonly #parts: CallersParts

  constructor(parts: CallersParts) {
    this.#parts = parts
  }

  /**
   * Who shows these headers, with the store's word for it. Fails with `unauthenticated`, with `failed-precondition`
   * where others than this machine reach the hub and the store asks for no login, and as the client does.
   */
  async find(headers: ShownHeaders, sourceAddress: string): Promise<Caller> {
    const shown = readCredentials(headers.authorization, headers.cookie)
    const { sessions } = this.#parts
    if (shown.kind === 'token' && !sessions.isReady) await sessions.whenReady()
    const session = shown.kind === 'token' ? sessions.open(shown.token) : undefined
    const credentials = session?.credentials ?? (shown.kind === 'password' ? shown.credentials : undefined)
    const login = this.#parts.pool.verified(credentials) ?? (await this.#parts.pool.login(credentials, sourceAddress))
    this.#check(shown, login)
    return new RequestCaller(login, sourceAddress, session)
  }

  /** Lets the store check a user and password. Fails with `unauthenticated`, and with `overloaded` while too many fail. */
  async logIn(credentials: Credentials, sourceAddress: string): Promise<{ readonly storeNeedsLogin: boolean }> {
    return await this.#parts.pool.login(credentials, sourceAddress)
  }

  /** For operations that need no login: what they read, they read without rights. */
  anyone(sourceAddress: string): Caller {
    return new RequestCaller(this.#parts.pool.anonymous(), sourceAddress, undefined)
  }

  #check({ kind }: Shown, login: PooledLogin): void {
    if (kind === 'nothing' && (login.storeNeedsLogin || !this.#parts.allowsAnonymous)) {
      throw new WaypostError('unauthenticated', 'Log in: with POST /v1/login, or with the header Authorization.')
    }
    if (!login.storeNeedsLogin && !this.#parts.allowsAnonymous) {
      throw new WaypostError(
        'failed-precondition',
        'The store asks nobody to log in, so this hub, which others than this machine can reach, serves nothing. ' +
          'Enable authentication in the store, or let the hub listen on loopback.',
      )
    }
  }
}

class RequestCaller implements Caller {
  readonly sourceAddress: string
  readonly session: Session | undefined
  readonly #login: PooledLogin

  constructor(login: PooledLogin, sourceAddress: string, session: Session | undefined) {
    this.#login = login
    this.sourceAddress = sourceAddress
    this.session = session
  }

  get user(): string | undefined {
    return this.#login.storeNeedsLogin ? this.#login.user : undefined
  }

  get etcd() {
    return this.#login.etcd
  }

  get registry() {
    return this.#login.registry
  }

  get config() {
    return this.#login.config
  }

  get coordination() {
    return this.#login.coordination
  }

  get views() {
    return this.#login.views
  }

  get kept() {
    return this.#login.kept
  }
}
