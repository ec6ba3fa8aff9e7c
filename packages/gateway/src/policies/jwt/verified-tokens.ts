import { hash } from 'node:crypto'
import type { JWTPayload } from 'jose'

/** The most verified tokens that are remembered. */
const maxTokens = 5_000

/** What a token says whose signature, issuer and audience were right. */
export class VerifiedTokens<T extends { readonly payload: JWTPayload }> {
  readonly #byDigest = new Map<string, T>()

  get(token: string): T | undefined {
    return this.#byDigest.get(digestOf(token))
  }

  set(token: string, verified: T): void {
    this.#byDigest.set(digestOf(token), verified)
    const [oldest] = this.#byDigest.keys()
    if (oldest !== undefined && this.#byDigest.size > maxTokens) this.#byDigest.delete(oldest)
  }

  clear(): void {
    this.#byDigest.clear()
  }
}

/** A digest instead of the token: memory then holds no token longer than its request. */
function digestOf(token: string): string {
  return hash('sha256', token, 'base64')
}
