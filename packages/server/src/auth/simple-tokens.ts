import { randomInt } from 'node:crypto'
import { type Clock, systemClock } from '@waypost/core'
import type { Identity, TokenProvider } from './token-provider.ts'

export interface SimpleTokenOptions {
  readonly clock?: Clock | undefined
  /** How long a token lives after its last use. Default 300,000. */
  readonly ttlMs?: number | undefined
}

interface Session extends Identity {
  expiresAtMs: number
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const letterCount = 16
const defaultTtlMs = 300_000

/** Simple tokens in memory: they live as long as they are used, and are gone after a restart. */
export class SimpleTokens implements TokenProvider {
  readonly #clock: Clock
  readonly #ttlMs: number
  /** Ordered by last use, so that those which expire first come first. */
  readonly #sessions = new Map<string, Session>()

  constructor(options: SimpleTokenOptions = {}) {
    this.#clock = options.clock ?? systemClock
    this.#ttlMs = options.ttlMs ?? defaultTtlMs
  }

  get size(): number {
    return this.#sessions.size
  }

  /** A new token: sixteen letters, a dot, and the index of the log at which it was made. */
  issue(user: string, index: number): string {
    this.#dropExpired()
    let name = ''
    for (let count = 0; count < letterCount; count++) name += letters[randomInt(letters.length)]
    const token = `${name}.${index}`
    this.#sessions.set(token, { user, revision: undefined, expiresAtMs: this.#clock.monotonicMs() + this.#ttlMs })
    return token
  }

  /** Use prolongs a token's life. */
  identityOf(token: string): Identity | undefined {
    const session = this.#sessions.get(token)
    if (!session) return undefined
    this.#sessions.delete(token)
    const nowMs = this.#clock.monotonicMs()
    if (session.expiresAtMs <= nowMs) return undefined
    session.expiresAtMs = nowMs + this.#ttlMs
    this.#sessions.set(token, session)
    return session
  }

  revoke(user: string | undefined): void {
    if (user === undefined) this.#sessions.clear()
    else for (const [token, session] of this.#sessions) if (session.user === user) this.#sessions.delete(token)
  }

  #dropExpired(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const [token, session] of this.#sessions) {
      if (session.expiresAtMs > nowMs) return
      this.#sessions.delete(token)
    }
  }
}
