import { WaypostError } from '@waypost/core'
import type { AccessTokens, OpenToken } from './access-tokens.ts'
import type { Caller } from './caller.ts'
import { type Credentials, readCredentials, type Shown } from './credentials.ts'
import type { LoginPool } from './login-pool.ts'
import type { PooledLogin } from './pooled-login.ts'
import type { Session, Sessions } from './sessions.ts'

export interface CallersParts {
  readonly pool: LoginPool
  readonly sessions: Sessions
  readonly tokens: AccessTokens
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
    const { sessions, tokens } = this.#parts
    let session: Session | undefined
    let token: OpenToken | undefined
    if (shown.kind === 'token') {
      const isNamed = shown.from === 'bearer' && tokens.isToken(shown.token)
      const kept = isNamed ? tokens : sessions
      if (!kept.isReady) await kept.whenReady()
      if (isNamed) token = tokens.open(shown.token)
      else session = sessions.open(shown.token)
    }
    const { credentials } = session ?? token ?? (shown.kind === 'password' ? shown : { credentials: undefined })
    const login = this.#parts.pool.verified(credentials) ?? (await this.#parts.pool.login(credentials, sourceAddress))
    this.#check(shown, login)
    const onEnd = (listener: () => void): (() => void) => {
      if (session !== undefined) return sessions.onEnd(session, listener)
      return token === undefined ? () => {} : tokens.onEnd(token, listener)
    }
    return new RequestCaller(login, { sourceAddress, session, token, credentials, onEnd })
  }

  /** Lets the store check a user and password. Fails with `unauthenticated`, and with `overloaded` while too many fail. */
  async logIn(credentials: Credentials, sourceAddress: string): Promise<{ readonly storeNeedsLogin: boolean }> {
    return await this.#parts.pool.login(credentials, sourceAddress)
  }

  /** For operations that need no login: what they read, they read without rights. */
  anyone(sourceAddress: string): Caller {
    return new RequestCaller(this.#parts.pool.anonymous(), { ...nobody, sourceAddress })
  }

  #check({ kind }: Shown, login: PooledLogin): void {
    if (kind === 'nothing' && (login.storeNeedsLogin || !this.#parts.allowsAnonymous)) {
      throw new WaypostError('unauthenticated', 'Log in: with POST /v1/login, or with the header Authorization.')
    }
    if (!login.storeNeedsLogin && !this.#parts.allowsAnonymous) {
      throw new WaypostError(
        'failed-precondition',
        'Authentication is off in the store, so this hub, which other machines can reach, serves nothing. ' +
          'Enable authentication in the store, or let the hub listen on loopback.',
      )
    }
  }
}

/** What a request says of its caller, beside the login. */
type Asking = Pick<Caller, 'sourceAddress' | 'session' | 'token' | 'credentials' | 'onEnd'>

const nobody = { session: undefined, token: undefined, credentials: undefined, onEnd: () => () => {} } as const

class RequestCaller implements Caller {
  readonly sourceAddress: string
  readonly session: Session | undefined
  readonly token: OpenToken | undefined
  readonly credentials: Credentials | undefined
  readonly onEnd: Caller['onEnd']
  readonly #login: PooledLogin

  constructor(login: PooledLogin, { sourceAddress, session, token, credentials, onEnd }: Asking) {
    this.#login = login
    this.sourceAddress = sourceAddress
    this.session = session
    this.token = token
    this.credentials = credentials
    this.onEnd = onEnd
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
