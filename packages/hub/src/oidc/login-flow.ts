import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { type Clock, WaypostError } from '@waypost/core'
import { readFields, textIn } from '../timeline/concerns/concern.ts'

/** A login that is under way: what binds the provider's answer to the browser that asked. */
export interface LoginFlow {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** Where the person goes afterwards: a path of the hub. */
  readonly returnTo: string
  readonly expiresMs: number
}

export const flowCookie = 'waypost_oidc'
export const flowSeconds = 600

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/**
 * Keeps a login that is under way in a cookie, encrypted: every hub with the same secret can go on with it, and none
 * has to remember it. The cookie is `SameSite=Lax`, because the provider's page leads back to the hub.
 */
export class LoginFlows {
  readonly #key: Buffer
  readonly #clock: Clock

  constructor(secret: string, clock: Clock) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'waypost oidc login flow', 32))
    this.#clock = clock
  }

  seal(flow: Omit<LoginFlow, 'expiresMs'>): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(algorithm, this.#key, iv)
    const whole: LoginFlow = { ...flow, expiresMs: this.#clock.epochMs() + flowSeconds * 1_000 }
    const sealed = Buffer.concat([cipher.update(JSON.stringify(whole), 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
  }

  /** Fails with `unauthenticated` when this browser has not begun a login, or too long ago. */
  open(sealed: string | undefined): LoginFlow {
    const flow = sealed === undefined ? undefined : this.#unsealed(Buffer.from(sealed, 'base64url'))
    if (flow === undefined || flow.expiresMs <= this.#clock.epochMs()) {
      throw new WaypostError(
        'unauthenticated',
        'This browser has not started a login, or more than ten minutes ago. Start again.',
      )
    }
    return flow
  }

  #unsealed(bytes: Buffer): LoginFlow | undefined {
    if (bytes.length <= ivBytes + tagBytes) return undefined
    try {
      const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
      return readFlow(text)
    } catch {
      return undefined
    }
  }
}

function readFlow(value: Uint8Array): LoginFlow | undefined {
  const fields = readFields(value)
  const state = textIn(fields, 'state')
  const nonce = textIn(fields, 'nonce')
  const codeVerifier = textIn(fields, 'codeVerifier')
  const returnTo = textIn(fields, 'returnTo')
  const expiresMs = fields?.expiresMs
  if (state === undefined || nonce === undefined || codeVerifier === undefined || returnTo === undefined)
    return undefined
  return typeof expiresMs === 'number' ? { state, nonce, codeVerifier, returnTo, expiresMs } : undefined
}

/** A path of this hub; anything else leads to the start page: a link must not send people elsewhere after the login. */
export function safeReturn(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > 1_000 || !/^\/(?![/\\])[^\\\s]*$/.test(asked)) return '/'
  return new URL(asked, 'http://hub').origin === 'http://hub' ? asked : '/'
}
