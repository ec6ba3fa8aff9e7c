import { EngineError } from '../engine-error.ts'
import type { AuthStore } from './auth-store.ts'
import type { Passwords } from './passwords.ts'
import type { TokenProvider } from './token-provider.ts'

/** Turns a name and a password into a token. */
export class Authenticator {
  readonly #store: AuthStore
  readonly #tokens: TokenProvider
  readonly #passwords: Passwords
  readonly #logIndex: () => number

  constructor(store: AuthStore, tokens: TokenProvider, passwords: Passwords, logIndex: () => number) {
    this.#store = store
    this.#tokens = tokens
    this.#passwords = passwords
    this.#logIndex = logIndex
  }

  async login(name: string, password: string): Promise<string> {
    if (!this.#store.enabled) throw new EngineError('authNotEnabled')
    const user = this.#store.user(name)
    if (!user) throw new EngineError('authFailed')
    if (user.noPassword) throw new EngineError('noPasswordUser')
    if (!(await this.#passwords.verify(password, user.passwordHash))) throw new EngineError('authFailed')
    // The password may have been changed, or auth been turned off, while it was checked.
    if (!this.#store.enabled) throw new EngineError('authNotEnabled')
    if (this.#store.user(name)?.passwordHash !== user.passwordHash) throw new EngineError('authFailed')
    return this.#tokens.issue(name, this.#logIndex(), this.#store.revision)
  }
}
