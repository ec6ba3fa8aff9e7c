import { EngineError } from '../engine-error.ts'
import type { AuthStore, StoredUser } from './auth-store.ts'
import type { ProcessLogin } from './process-login.ts'
import type { TokenProvider } from './token-provider.ts'

/** Checks passwords: see `Passwords`. */
export interface PasswordChecker {
  verify(password: string, user: StoredUser | undefined, signal?: AbortSignal): Promise<boolean>
}

export interface AuthenticatorParts {
  readonly store: AuthStore
  readonly tokens: TokenProvider
  readonly passwords: PasswordChecker
  readonly processLogin: ProcessLogin
  readonly logIndex: () => number
}

/** Turns a name and a password into a token. */
export class Authenticator {
  readonly #store: AuthStore
  readonly #tokens: TokenProvider
  readonly #passwords: PasswordChecker
  readonly #processLogin: ProcessLogin
  readonly #logIndex: () => number

  constructor({ store, tokens, passwords, processLogin, logIndex }: AuthenticatorParts) {
    this.#store = store
    this.#tokens = tokens
    this.#passwords = passwords
    this.#processLogin = processLogin
    this.#logIndex = logIndex
  }

  /** @param signal the client does not wait any more */
  async login(name: string, password: string, signal?: AbortSignal): Promise<string> {
    if (!this.#store.enabled) throw new EngineError('authNotEnabled')
    if (this.#processLogin.fits(name, password)) return this.#issue(name)
    const user = this.#store.user(name)
    if (user?.noPassword) throw new EngineError('noPasswordUser')
    const fits = await this.#passwords.verify(password, user, signal)
    if (!user || !fits) throw new EngineError('authFailed')
    // The password may have been changed, or auth been turned off, while it was checked.
    if (!this.#store.enabled) throw new EngineError('authNotEnabled')
    if (this.#store.user(name)?.passwordHash !== user.passwordHash) throw new EngineError('authFailed')
    return this.#issue(name)
  }

  async #issue(name: string): Promise<string> {
    return this.#tokens.issue(name, this.#logIndex(), this.#store.revision)
  }
}
