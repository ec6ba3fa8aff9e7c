import { type KeyRange, singleKey } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { AuthStore } from './auth-store.ts'
import type { Identity } from './token-provider.ts'

/** What a call may carry to say who makes it. */
export interface Credentials {
  readonly metadata: Readonly<Record<string, string>>
  readonly tlsCommonName?: string | undefined
}

/** Decides who a caller is and what it may do. Every refusal is an `EngineError`. */
export class Access {
  readonly #store: AuthStore
  readonly #identityOf: (token: string) => Identity | undefined
  /** The keys on a lease, as latin1 strings. */
  readonly #keysOfLease: (id: bigint) => readonly string[]

  constructor(
    store: AuthStore,
    identityOf: (token: string) => Identity | undefined,
    keysOfLease: (id: bigint) => readonly string[],
  ) {
    this.#store = store
    this.#identityOf = identityOf
    this.#keysOfLease = keysOfLease
  }

  /**
   * The caller of what reads or writes keys, when what it may do is limited; undefined when it may do everything.
   * Throws when nobody is logged in, or with a token that is older than the rights that count now.
   */
  restricted(credentials: Credentials): Caller | undefined {
    if (!this.#store.enabled) return undefined
    const { user, revision } = this.#identify(credentials)
    if (revision !== undefined && revision < this.#store.revision) throw new EngineError('authOldRevision')
    return this.#callerNamed(user)
  }

  /**
   * The same for what touches a lease. How old a token is counts only when keys are attached to the lease, and not for
   * administrators. Source: etcd 3.7, checkLeasePutsKeys.
   */
  restrictedOnLease(credentials: Credentials, id: bigint): Caller | undefined {
    if (!this.#store.enabled) return undefined
    const caller = this.caller(credentials)
    return caller && this.#keysOfLease(id).length > 0 ? this.restricted(credentials) : caller
  }

  /** The same for what is no matter of keys, where a token of any age counts until it expires, as with etcd. */
  caller(credentials: Credentials): Caller | undefined {
    if (!this.#store.enabled) return undefined
    return this.#callerNamed(this.#identify(credentials).user)
  }

  /** Refuses those who are not logged in, while auth is on. */
  requireLogin(credentials: Credentials): void {
    if (this.#store.enabled) this.#identify(credentials)
  }

  /** Refuses everybody but administrators, while auth is on. */
  requireAdmin(credentials: Credentials): void {
    if (this.caller(credentials)) throw new EngineError('permissionDenied')
  }

  /** The user whom the credentials speak for; undefined when for nobody, or while auth is off. */
  userOf(credentials: Credentials): string | undefined {
    try {
      return this.#store.enabled ? this.#identify(credentials).user : undefined
    } catch {
      return undefined
    }
  }

  #callerNamed(name: string): Caller | undefined {
    return this.#store.isRoot(name) ? undefined : new Caller(name, this.#store, this.#keysOfLease)
  }

  #identify({ metadata, tlsCommonName }: Credentials): Identity {
    const token = metadata.token ?? metadata.authorization?.replace(/^Bearer /i, '')
    if (token === undefined) {
      if (tlsCommonName === undefined || tlsCommonName === '') throw new EngineError('userEmpty')
      return { user: tlsCommonName, revision: undefined }
    }
    const identity = this.#identityOf(token)
    // Nor can a token be of rights that have not been set yet: it would never become too old.
    if (identity === undefined || (identity.revision ?? 0n) > this.#store.revision)
      throw new EngineError('invalidAuthToken')
    return identity
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
