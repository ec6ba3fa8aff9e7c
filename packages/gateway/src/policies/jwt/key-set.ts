import { messageOf } from '@waypost/core'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { fetchWithin, firstBytes } from '../fetch-within.ts'
import type { PolicyParts } from '../policy-parts.ts'

export interface KeySetOptions {
  readonly url: string
  readonly refreshMs: number
  readonly timeoutMs: number
}

/** A larger answer is not a set of keys. */
const maxBytes = 1024 * 1024

/** A token with a key that is not known makes the keys be fetched again, but not more often than this. */
const cooldownMs = 30_000

/** After a failure, the next attempt comes no sooner than this. */
const retryMs = 5_000

/** No keys were ever fetched. */
export class KeysUnavailable extends Error {}

/**
 * The public keys of an issuer. They are fetched when they are first needed and again when they are old, in the
 * background; when that fails, the keys that were fetched last stay.
 */
export class KeySet {
  readonly #options: KeySetOptions
  readonly #parts: PolicyParts
  readonly #onChange: () => void
  readonly #closing = new AbortController()
  #find: JWTVerifyGetKey | undefined
  #text = ''
  #fetchedMs = Number.NEGATIVE_INFINITY
  #triedMs = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined
  #problem: string | undefined

  /** @param onChange called when the keys became others: what was verified with the old ones may no longer hold */
  constructor(options: KeySetOptions, parts: PolicyParts, onChange: () => void) {
    this.#options = options
    this.#parts = parts
    this.#onChange = onChange
  }

  get state(): Readonly<Record<string, unknown>> {
    const ageMs = this.#parts.clock.monotonicMs() - this.#fetchedMs
    return { keysAgeMs: Number.isFinite(ageMs) ? Math.round(ageMs) : null, keysProblem: this.#problem ?? null }
  }

  /** Fetches the keys again in the background when they are old. */
  refreshWhenOld(): void {
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#fetchedMs >= this.#options.refreshMs && nowMs - this.#triedMs >= retryMs) void this.#refresh()
  }

  /** The key that a token names. For `jwtVerify`. */
  readonly get: JWTVerifyGetKey = async (header, token) => {
    const nowMs = this.#parts.clock.monotonicMs()
    if (this.#find === undefined && (this.#fetching || nowMs - this.#triedMs >= retryMs)) await this.#refresh()
    if (this.#find === undefined) throw new KeysUnavailable(this.#problem)
    this.refreshWhenOld()
    try {
      return await this.#find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || nowMs - this.#triedMs < cooldownMs) throw error
      // The issuer may have begun to sign with a new key.
      await this.#refresh()
      return this.#find(header, token)
    }
  }

  close(): void {
    this.#closing.abort()
  }

  /** Never rejects. One at a time. */
  #refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetch(): Promise<void> {
    const { clock, onNotice } = this.#parts
    const { url, timeoutMs } = this.#options
    this.#triedMs = clock.monotonicMs()
    try {
      const init: RequestInit = { headers: { accept: 'application/json' }, redirect: 'error' }
      const text = await fetchWithin(this.#parts, url, init, { timeoutMs, signals: [this.#closing.signal] }, textOf)
      if (text !== this.#text) {
        const find = createLocalJWKSet(keySetOf(text))
        this.#text = text
        this.#find = find
        this.#onChange()
      }
      this.#fetchedMs = clock.monotonicMs()
      this.#problem = undefined
    } catch (error) {
      if (this.#closing.signal.aborted) return
      this.#problem = messageOf(error)
      const stays = this.#find === undefined ? 'there are none yet' : 'the last ones stay in use'
      onNotice(`The keys at ${new URL(url).origin} could not be fetched, ${stays}: ${this.#problem}`)
    }
  }
}

function keySetOf(text: string): JSONWebKeySet {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) {
    throw new Error('the answer is not a JSON Web Key Set')
  }
  return { keys: value.keys }
}

async function textOf(response: Response): Promise<string> {
  if (!response.ok) throw new Error(`status ${response.status}`)
  const bytes = await firstBytes(response, maxBytes + 1)
  if (bytes.length > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`)
  return Buffer.from(bytes).toString('utf8')
}
