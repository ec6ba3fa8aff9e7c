import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Clock, WaypostError } from '@waypost/core'
import type { Credentials } from './credentials.ts'
import type { EndedSessions } from './ended-sessions.ts'
import { Endings } from './endings.ts'

/** How long a session lives after its token was made. */
const lifetimeMs = 8 * 3_600_000
/** A browser's token that is older is replaced with the next answer. */
const rotateAfterMs = 15 * 60_000
/** However often its token is replaced, a session ends this long after the login. */
const longestMs = 7 * 24 * 3_600_000

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** What a token holds. */
export interface Session {
  /** The same through all rotations. */
  readonly id: string
  readonly credentials: Credentials
  readonly beganMs: number
  readonly madeMs: number
  readonly expiresMs: number
  /** It ends this long after the login, if that is sooner than others do. */
  readonly longestMs?: number | undefined
}

/**
 * Tokens of logins. A token holds the login itself, sealed with the hub's key (AES-256-GCM), so that every hub with the
 * same key takes it, and no hub has to remember it. The store checks the login each time a client is made of it, so a
 * changed password ends its sessions.
 */
export class Sessions {
  readonly #key: Buffer
  readonly #clock: Clock
  readonly #endings: Endings
  /** Sessions that were logged out here and would live on otherwise, with the time at which they end. */
  readonly #ended = new Map<string, number>()
  /** Those that were logged out anywhere; `undefined` when no other hub takes these sessions. */
  #shared: EndedSessions | undefined

  /** @param secret at least 32 characters; `undefined` makes one, and sessions end with the process */
  constructor(secret: string | undefined, clock: Clock) {
    this.#key = secret === undefined ? randomBytes(32) : createHash('sha256').update(secret).digest()
    this.#clock = clock
    this.#endings = new Endings(clock)
  }

  /** Takes part in the logouts of other hubs. */
  share(ended: EndedSessions | undefined): void {
    this.#shared = ended
    ended?.onEnd((id) => this.#endings.tell(id))
  }

  /** Calls `listener` once when the session is ended, or its token expires. Returns the function that removes it. */
  onEnd({ id, expiresMs }: Session, listener: () => void): () => void {
    const remove = this.#endings.add(id, expiresMs, listener)
    // It may have ended while the request was read.
    if (this.#hasEnded(id)) this.#endings.tell(id)
    return remove
  }

  /** Whether it is known which sessions have ended. */
  get isReady(): boolean {
    return this.#shared?.isReady ?? true
  }

  /** Settles when that is known. Fails with `unavailable` when the store does not answer. */
  async whenReady(): Promise<void> {
    await this.#shared?.ready
  }

  /** @param longest when it has to end, in milliseconds after the login, if that is sooner than others do */
  begin(credentials: Credentials, longest?: number): Session {
    const nowMs = this.#clock.epochMs()
    return {
      id: randomBytes(16).toString('hex'),
      credentials,
      beganMs: nowMs,
      madeMs: nowMs,
      expiresMs: nowMs + Math.min(lifetimeMs, longest ?? longestMs),
      longestMs: longest,
    }
  }

  /** The session with a later end, when it is time for that. */
  rotate(session: Session): Session | undefined {
    const nowMs = this.#clock.epochMs()
    if (nowMs - session.madeMs < rotateAfterMs) return undefined
    const expiresMs = Math.min(nowMs + lifetimeMs, session.beganMs + (session.longestMs ?? longestMs))
    return { ...session, madeMs: nowMs, expiresMs }
  }

  seal(session: Session): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(algorithm, this.#key, iv)
    const sealed = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
  }

  /** Fails with `unauthenticated` when the token is not the hub's, has expired, or was logged out. */
  open(token: string): Session {
    const session = this.#unsealed(token)
    if (session === undefined || session.expiresMs <= this.#clock.epochMs() || this.#hasEnded(session.id)) {
      throw new WaypostError('unauthenticated', 'The session has ended. Log in again.', {
        details: { reason: 'session-ended' },
      })
    }
    return session
  }

  /**
   * Ends it here at once, and then at all hubs that share in logouts. When the store does not take that, it has ended
   * here all the same.
   */
  async end(session: Session, signal?: AbortSignal): Promise<void> {
    const nowMs = this.#clock.epochMs()
    for (const [id, untilMs] of this.#ended) if (untilMs <= nowMs) this.#ended.delete(id)
    const untilMs = session.beganMs + longestMs
    this.#ended.set(session.id, untilMs)
    this.#endings.tell(session.id)
    await this.#shared?.add(session.id, untilMs, signal)
  }

  #hasEnded(id: string): boolean {
    return this.#ended.has(id) || this.#shared?.has(id) === true
  }

  /** What a page of the hub sends with every change, and no other site can know. */
  csrfToken(session: Session): string {
    return createHmac('sha256', this.#key).update(`csrf:${session.id}`).digest('base64url')
  }

  isCsrfToken(session: Session, given: unknown): boolean {
    const expected = Buffer.from(this.csrfToken(session))
    const shown = Buffer.from(typeof given === 'string' ? given : '')
    return shown.length === expected.length && timingSafeEqual(shown, expected)
  }

  #unsealed(token: string): Session | undefined {
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length <= ivBytes + tagBytes) return undefined
    try {
      const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, ivBytes))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString()
      return asSession(JSON.parse(text))
    } catch {
      return undefined
    }
  }
}

/** What this class has sealed itself. */
function asSession(value: unknown): Session | undefined {
  return isSession(value) ? value : undefined
}

function isSession(value: unknown): value is Session {
  return typeof value === 'object' && value !== null && 'id' in value && 'credentials' in value && 'expiresMs' in value
}
