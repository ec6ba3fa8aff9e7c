import type { RpcConnection } from '@waypost/rpc/client'
import type { Login } from './login.ts'

/** The token that a request was sent with, by its generation, and the connection that the request was sent on. */
export interface TokenUse {
  readonly generation: number
  readonly connection: RpcConnection
}

/** How the store refused it. */
export interface Refusal extends TokenUse {
  readonly error: { readonly message: string }
}

/**
 * What follows when a store refuses a token: a new login, and the request again. Calls, watches, and the streams of
 * watches and leases each have one of these, from their first attempt to the first that the store accepts.
 *
 * A token is void after a restart of the store, when its time is over, and often when permissions change. A restart may
 * come at any moment, also between a login and the request that uses it, so the number of logins is not limited as long
 * as each refusal comes on another connection, or for another reason. When a new token is refused on the same connection
 * and in the same words as the one before, the store did not restart meanwhile, and logging in does not help.
 */
export class Relogin {
  readonly #login: Login
  #last: Refusal | undefined
  /** How often in a row the newest token was refused like the one before. */
  #repeats = 0

  constructor(login: Login) {
    this.#login = login
  }

  /**
   * Resolves with whether to try again, once there is a newer token. Rejects with a `WaypostError` when the login fails.
   * @param limit how often new tokens may be refused alike before this gives up
   */
  async refused(refusal: Refusal, limit = 1): Promise<boolean> {
    const login = this.#login
    if (!login.hasCredentials) return false
    // A token that has been replaced meanwhile says nothing about the new one.
    if (refusal.generation === login.generation) {
      this.#repeats = isAlike(refusal, this.#last) ? this.#repeats + 1 : 0
      this.#last = refusal
      if (this.#repeats >= limit) return false
    }
    await login.refresh(refusal.generation)
    return true
  }

  /** The store took the token. */
  accepted(): void {
    this.#last = undefined
    this.#repeats = 0
  }
}

function isAlike(a: Refusal, b: Refusal | undefined): boolean {
  return b !== undefined && a.connection === b.connection && a.error.message === b.error.message
}
