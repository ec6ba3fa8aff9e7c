import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Cache, createRevision, del, type EtcdClient, modRevision, put } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { readFields, textIn } from '../timeline/concerns/concern.ts'
import { auditedCommit } from '../webhooks/audited-commit.ts'
import type { Credentials } from './credentials.ts'
import { Endings } from './endings.ts'

/** One key for each token, on a lease until the token expires. */
export const tokensPrefix = '/waypost/hub/tokens/'

const readyTimeoutMs = 10_000
/** How exactly it is kept when a token was last used. */
const usedEveryMs = 5 * 60_000
const secretBytes = 32
const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** What is known of a token; not what it opens. */
export interface TokenFacts {
  readonly id: string
  readonly name: string
  /** Whose rights it has. */
  readonly user: string
  readonly createdAt: string
  readonly expiresAt: string
  /** The address that it was asked for from. */
  readonly createdFrom: string
  /** To within five minutes. */
  readonly lastUsedAt: string | undefined
}

interface TokenRecord extends TokenFacts {
  /** SHA-256 of the secret half of the token. */
  readonly hash: string
  /** The login, which only the token and the key of the hubs together open. */
  readonly sealed: string
}

/** A token that was shown and is good. */
export interface OpenToken {
  readonly id: string
  readonly credentials: Credentials
  readonly expiresMs: number
}

export interface NewToken {
  readonly name: string
  readonly credentials: Credentials
  readonly lifetimeMs: number
  readonly address: string
}

export interface AccessTokensParts {
  /** With the hub's own login. */
  readonly etcd: EtcdClient
  readonly clock: Clock
  /** Shared by the hubs that take each other's tokens; `undefined`: there are no tokens. */
  readonly secret: string | undefined
  /** Whether the hub has a login of its own, with which it keeps them. */
  readonly hasOwnLogin: boolean
}

/**
 * Named tokens for machines, each with the rights of the user who made it. The store keeps a hash of the token, and the
 * login sealed by a key that is derived from the token and from the secret of the hubs: neither the store nor the token
 * alone opens it. A token ends when it is revoked, at all hubs at once; when it expires; and when its user gets another
 * password or is deleted.
 */
export class AccessTokens {
  readonly #parts: AccessTokensParts
  readonly #endings: Endings
  /** The logins of tokens that were used, by id. */
  readonly #opened = new Map<string, { readonly modRevision: bigint; readonly credentials: Credentials }>()
  readonly #usedMs = new Map<string, number>()
  #cache: Cache | undefined

  constructor(parts: AccessTokensParts) {
    this.#parts = parts
    this.#endings = new Endings(parts.clock)
  }

  /** Begins to follow which tokens there are. */
  start(): void {
    const { etcd, secret, hasOwnLogin } = this.#parts
    if (secret === undefined || !hasOwnLogin) return
    this.#cache = etcd.cache({ prefix: tokensPrefix }, { timeoutMs: readyTimeoutMs })
    this.#cache.ready.catch(() => {})
    this.#cache.onChange(({ changes }) => {
      for (const { type, key } of changes) if (type === 'removed') this.#ended(key.slice(tokensPrefix.length))
    })
  }

  async close(): Promise<void> {
    await this.#cache?.close()
  }

  /** Whether this is a token, and not that of a session. */
  isToken(text: string): boolean {
    return tokenForm.test(text)
  }

  get isReady(): boolean {
    return this.#cache?.isReady ?? true
  }

  /** Settles when it is known which there are. Fails with `unavailable` and `permission-denied`. */
  async whenReady(): Promise<void> {
    await this.#cache?.ready
  }

  /** Fails with `unauthenticated` when there is no such token any more. */
  open(text: string): OpenToken {
    const { id, secret } = splitToken(text)
    const stored = this.#cache?.get(tokensPrefix + id)
    const record = stored && readToken(id, stored.bytes)
    const expiresMs = Date.parse(record?.expiresAt ?? '')
    const isGood = record !== undefined && expiresMs > this.#parts.clock.epochMs() && fits(secret, record.hash)
    if (stored === undefined || !isGood) throw noSuchToken()
    const known = this.#opened.get(id)
    const credentials = known?.modRevision === stored.modRevision ? known.credentials : this.#unseal(record, secret)
    this.#opened.set(id, { modRevision: stored.modRevision, credentials })
    this.#used(id, stored.modRevision, record)
    return { id, credentials, expiresMs }
  }

  /** Calls `listener` once when the token has ended. Returns the function that removes it. */
  onEnd({ id, expiresMs }: OpenToken, listener: () => void): () => void {
    const remove = this.#endings.add(id, expiresMs, listener)
    // It may have ended while the request was read.
    if (this.#cache?.has(tokensPrefix + id) !== true) this.#endings.tell(id)
    return remove
  }

  /** Fails with `failed-precondition` where the hub cannot keep tokens. The text of the token is told only here. */
  async create(
    { name, credentials, lifetimeMs, address }: NewToken,
    options: CallOptions,
  ): Promise<TokenFacts & { readonly token: string }> {
    this.#checkAvailable()
    const { etcd, clock } = this.#parts
    const [id, secret] = [randomBytes(8).toString('hex'), randomBytes(secretBytes).toString('base64url')]
    const nowMs = clock.epochMs()
    const facts: TokenFacts = {
      id,
      name,
      user: credentials.username,
      createdAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + lifetimeMs).toISOString(),
      createdFrom: address,
      lastUsedAt: undefined,
    }
    const record: TokenRecord = { ...facts, hash: hashOf(secret), sealed: this.#seal(credentials, secret) }
    const ttlSeconds = Math.ceil(lifetimeMs / 1_000)
    const lease = await etcd.leases.grant({ ttlSeconds, keepAlive: false, ...options })
    const key = tokensPrefix + id
    const audit = { author: credentials.username, address, action: 'token.create', detail: `${name} (${id})` }
    const write = {
      conditions: [createRevision(key).equals(0n)],
      operations: [put(key, JSON.stringify(record), { lease: lease.id })],
      audit,
    }
    try {
      if (!(await auditedCommit(etcd, clock, write, options))) throw new Error('A random id was taken.')
    } catch (error) {
      // Written or not: nobody has the token, so nothing of it is to stay.
      this.#endLease(lease.id)
      throw error
    }
    await this.#catchUp(id, options)
    return { ...facts, token: `waypost_${id}_${secret}` }
  }

  /** All that there are, whosever they are. */
  async list(options: CallOptions): Promise<readonly TokenFacts[]> {
    this.#checkAvailable()
    const found: TokenFacts[] = []
    for await (const { key, bytes } of this.#parts.etcd.kv.list({ prefix: tokensPrefix }, options)) {
      const record = readToken(key.slice(tokensPrefix.length), bytes)
      if (record === undefined) continue
      const { hash: _, sealed: __, ...facts } = record
      found.push(facts)
    }
    return found
  }

  /** False when there is none. */
  async revoke(
    { id, name }: Pick<TokenFacts, 'id' | 'name'>,
    by: { readonly author: string | undefined; readonly address: string },
    options: CallOptions,
  ): Promise<boolean> {
    this.#checkAvailable()
    const { etcd, clock } = this.#parts
    const key = tokensPrefix + id
    const lease = this.#cache?.get(key)?.lease
    const revoked = await auditedCommit(
      etcd,
      clock,
      {
        conditions: [createRevision(key).greaterThan(0n)],
        operations: [del(key)],
        audit: { ...by, action: 'token.revoke', detail: `${name} (${id})` },
      },
      options,
    )
    if (lease !== undefined && lease !== 0n) this.#endLease(lease)
    this.#ended(id)
    return revoked
  }

  /** It would live for as long as the token was to. */
  #endLease(lease: bigint): void {
    void this.#parts.etcd.leases.revoke(lease, { timeoutMs: readyTimeoutMs }).catch(() => {})
  }

  /** Whoever gets a token may use it at once, here. */
  async #catchUp(id: string, { signal }: CallOptions): Promise<void> {
    const cache = this.#cache
    if (cache === undefined || cache.has(tokensPrefix + id)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        remove()
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const remove = cache.onChange(() => {
        if (cache.has(tokensPrefix + id)) done()
      })
      signal?.addEventListener('abort', done)
    })
  }

  #checkAvailable(): void {
    if (this.#cache !== undefined) return
    throw new WaypostError(
      'failed-precondition',
      this.#parts.hasOwnLogin
        ? 'Tokens outlive the hub, so it needs a session secret: start it with --session-secret-file.'
        : 'The hub keeps tokens with a login of its own, and has none: start it with --user.',
    )
  }

  #ended(id: string): void {
    this.#opened.delete(id)
    this.#usedMs.delete(id)
    this.#endings.tell(id)
  }

  /** Keeps when it was used, now and then. That it cannot be kept is nobody's harm. */
  #used(id: string, revision: bigint, record: TokenRecord): void {
    const { etcd, clock } = this.#parts
    const nowMs = clock.epochMs()
    const lastMs = Math.max(this.#usedMs.get(id) ?? 0, Date.parse(record.lastUsedAt ?? '') || 0)
    if (nowMs - lastMs < usedEveryMs) return
    this.#usedMs.set(id, nowMs)
    const key = tokensPrefix + id
    const value = JSON.stringify({ ...record, lastUsedAt: new Date(nowMs).toISOString() })
    void etcd
      .txn()
      .if(modRevision(key).equals(revision))
      .do(put(key, value, { ignoreLease: true }))
      .commit({ timeoutMs: readyTimeoutMs })
      .catch(() => {})
  }

  #keyOf(secret: string): Buffer {
    return Buffer.from(hkdfSync('sha256', secret, this.#parts.secret ?? '', 'waypost access token', 32))
  }

  #seal(credentials: Credentials, secret: string): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(algorithm, this.#keyOf(secret), iv)
    const sealed = Buffer.concat([cipher.update(JSON.stringify(credentials), 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /** Fails with `unauthenticated` when the hubs have another secret now. */
  #unseal({ sealed, user }: TokenRecord, secret: string): Credentials {
    const bytes = Buffer.from(sealed, 'base64')
    try {
      const decipher = createDecipheriv(algorithm, this.#keyOf(secret), bytes.subarray(0, ivBytes))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
      const password = textIn(readFields(text), 'password')
      if (password !== undefined) return { username: user, password }
    } catch {
      // Sealed by another secret, or damaged.
    }
    throw noSuchToken()
  }
}

const tokenForm = /^waypost_([0-9a-f]{16})_([\w-]{43})$/

function splitToken(text: string): { readonly id: string; readonly secret: string } {
  const [, id = '', secret = ''] = tokenForm.exec(text) ?? []
  return { id, secret }
}

function noSuchToken(): WaypostError {
  return new WaypostError('unauthenticated', 'There is no such token: it was revoked, or has expired.', {
    details: { reason: 'token-ended' },
  })
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function fits(secret: string, hash: string): boolean {
  const [shown, kept] = [Buffer.from(hashOf(secret)), Buffer.from(hash)]
  return shown.length === kept.length && timingSafeEqual(shown, kept)
}

function readToken(id: string, value: Uint8Array): TokenRecord | undefined {
  const fields = readFields(value)
  const text = (name: string): string => textIn(fields, name) ?? ''
  const record: TokenRecord = {
    id,
    name: text('name'),
    user: text('user'),
    createdAt: text('createdAt'),
    expiresAt: text('expiresAt'),
    createdFrom: text('createdFrom'),
    lastUsedAt: textIn(fields, 'lastUsedAt'),
    hash: text('hash'),
    sealed: text('sealed'),
  }
  return record.hash === '' ? undefined : record
}
