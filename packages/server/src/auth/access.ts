import { type KeyRange, singleKey } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { AuthStore } from './auth-store.ts'

/** What a call may carry to say who makes it. */
export interface Credentials {
  readonly metadata: Readonly<Record<string, string>>
  readonly tlsCommonName?: string | undefined
}

/** Decides who a caller is and what it may do. Every refusal is an `EngineError`. */
export class Access {
  readonly #store: AuthStore
  readonly #userOfToken: (token: string) => string | undefined
  /** The keys on a lease, as latin1 strings. */
  readonly #keysOfLease: (id: bigint) => readonly string[]

  constructor(
    store: AuthStore,
    userOfToken: (token: string) => string | undefined,
    keysOfLease: (id: bigint) => readonly string[],
  ) {
    this.#store = store
    this.#userOfToken = userOfToken
    this.#keysOfLease = keysOfLease
  }

  /** The caller, when what it may do is limited; undefined when it may do everything. Throws when nobody is logged in. */
  restricted(credentials: Credentials): Caller | undefined {
    if (!this.#store.enabled) return undefined
    const name = this.#nameOf(credentials)
    return this.#store.isRoot(name) ? undefined : new Caller(name, this.#store, this.#keysOfLease)
  }

  /** Refuses those who are not logged in, while auth is on. */
  requireLogin(credentials: Credentials): void {
    if (this.#store.enabled) this.#nameOf(credentials)
  }

  /** Refuses everybody but administrators, while auth is on. */
  requireAdmin(credentials: Credentials): void {
    if (this.restricted(credentials)) throw new EngineError('permissionDenied')
  }

  #nameOf({ metadata, tlsCommonName }: Credentials): string {
    const token = metadata.token ?? metadata.authorization?.replace(/^Bearer /i, '')
    if (token === undefined) {
      if (tlsCommonName === undefined || tlsCommonName === '') throw new EngineError('userEmpty')
      return tlsCommonName
    }
    const name = this.#userOfToken(token)
    if (name === undefined) throw new EngineError('invalidAuthToken')
    return name
  }
}

/** A user whose rights are limited by its roles. */
export class Caller {
  readonly name: string
  readonly #store: AuthStore
  readonly #keysOfLease: (id: bigint) => readonly string[]

  constructor(name: string, store: AuthStore, keysOfLease: (id: bigint) => readonly string[]) {
    this.name = name
    this.#store = store
    this.#keysOfLease = keysOfLease
  }

  hasRole(role: string): boolean {
    return this.#store.user(this.name)?.roles.includes(role) ?? false
  }

  requireRead(range: KeyRange): void {
    if (!this.#store.rightsOf(this.name).read.covers(range)) throw new EngineError('permissionDenied')
  }

  requireWrite(range: KeyRange): void {
    if (!this.#store.rightsOf(this.name).write.covers(range)) throw new EngineError('permissionDenied')
  }

  /** The right to read every key on the lease. */
  requireLeaseRead(id: bigint): void {
    for (const key of this.#keysOfLease(id)) this.requireRead(keyRange(key))
  }

  /** The right to write every key on the lease: who ends or prolongs it decides over them. */
  requireLeaseWrite(id: bigint): void {
    if (id === 0n) return
    for (const key of this.#keysOfLease(id)) this.requireWrite(keyRange(key))
  }
}

function keyRange(key: string): KeyRange {
  return singleKey(Buffer.from(key, 'latin1'))
}
