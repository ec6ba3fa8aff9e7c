import { type Clock, systemClock } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import { parseJws } from './jws.ts'
import type { JwtKeys } from './jwt-keys.ts'
import type { Identity, TokenProvider } from './token-provider.ts'

export interface JwtTokenOptions {
  readonly keys: JwtKeys
  readonly clock?: Clock | undefined
  /** How long a token lives. Default 300,000. */
  readonly ttlMs?: number | undefined
}

interface Verified extends Identity {
  /** In seconds since the Unix epoch. */
  readonly notBefore: number
  readonly expiresAt: number
}

const defaultTtlMs = 300_000

/** The end of the year 9999, in seconds since the Unix epoch: beyond it RFC 3339 has no dates. */
const lastSecond = 253_402_300_799

/** Tokens that were verified are remembered, because verifying takes a hundred times as long as looking one up. */
const maxRemembered = 10_000

/**
 * Tokens that say themselves whom they speak for, signed: they survive a restart and work on every server with the
 * same keys, and only a change of the auth store makes them too old before they expire. The claims are etcd's:
 * `username`, `revision` and `exp`.
 */
export class JwtTokens implements TokenProvider {
  readonly #keys: JwtKeys
  readonly #clock: Clock
  readonly #ttlMs: number
  readonly #verified = new Map<string, Verified>()

  constructor(options: JwtTokenOptions) {
    this.#keys = options.keys
    this.#clock = options.clock ?? systemClock
    this.#ttlMs = options.ttlMs ?? defaultTtlMs
  }

  async issue(user: string, _logIndex: number, revision: bigint): Promise<string> {
    const { method, signingKey } = this.#keys
    if (signingKey === undefined) throw new EngineError('verifyOnlyKey')
    // Loaded at the first login, so that servers without it start no later.
    const { SignJWT } = await import('jose')
    const expiresAt = Math.floor((this.#clock.epochMs() + this.#ttlMs) / 1_000)
    return new SignJWT({ username: user, revision: Number(revision), exp: expiresAt })
      .setProtectedHeader({ alg: method, typ: 'JWT' })
      .sign(signingKey)
  }

  identityOf(token: string): Identity | undefined {
    let verified = this.#verified.get(token)
    if (!verified) {
      verified = this.#verify(token)
      if (!verified) return undefined
      this.#remember(token, verified)
    }
    const now = this.#clock.epochMs() / 1_000
    return verified.notBefore <= now && now <= verified.expiresAt ? verified : undefined
  }

  /** Nothing can be taken back: a change of the auth store has made the tokens older than it is. */
  revoke(): void {}

  #verify(token: string): Verified | undefined {
    const jws = parseJws(token)
    // The method is the configured one, whatever the token says: no `none`, no public key as a secret.
    if (jws?.alg !== this.#keys.method || !this.#keys.verify(jws.signed, jws.signature)) return undefined
    const { username, revision } = jws.claims
    const expiresAt = time(jws.claims.exp, Number.POSITIVE_INFINITY)
    const notBefore = time(jws.claims.nbf, 0)
    const issuedAt = time(jws.claims.iat, 0)
    if (typeof username !== 'string' || username === '' || typeof revision !== 'number') return undefined
    if (!Number.isSafeInteger(revision) || revision < 0) return undefined
    if (expiresAt === undefined || notBefore === undefined || issuedAt === undefined) return undefined
    return { user: username, revision: BigInt(revision), expiresAt, notBefore: Math.max(notBefore, issuedAt) }
  }

  #remember(token: string, verified: Verified): void {
    if (this.#verified.size >= maxRemembered) {
      const [oldest] = this.#verified.keys()
      if (oldest !== undefined) this.#verified.delete(oldest)
    }
    this.#verified.set(token, verified)
  }
}

/** Undefined when the claim is there and no time of RFC 7519. */
function time(claim: unknown, missing: number): number | undefined {
  if (claim === undefined) return missing
  return typeof claim === 'number' && claim >= 0 && claim <= lastSecond ? claim : undefined
}
