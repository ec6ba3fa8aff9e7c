import { createHmac } from 'node:crypto'
import { type EtcdClient, modRevision, put } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import type { Credentials } from '../caller/credentials.ts'
import { readFields, textIn } from '../timeline/concerns/concern.ts'
import type { Person } from './person.ts'

/** What the hub keeps of the users that it made: whose they are, and which of their roles it granted. */
const usersPrefix = '/waypost/oidc/users/'

interface UserRecord {
  readonly issuer: string
  readonly subject: string
  readonly roles: readonly string[]
  /** Of the secret that the password is derived from. */
  readonly secretId: string
  readonly lastLoginAt: string
}

export interface StoreUsersParts {
  /** With the hub's own login, which must have the role root. */
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly secret: string
  /** Called with a role that is mapped, but does not exist. */
  readonly onMissingRole: (role: string) => void
}

/**
 * Makes a user of the store for each person, so that the store decides what they may do, as for everybody. Nobody knows
 * their passwords: a hub derives them from its secret.
 */
export class StoreUsers {
  readonly #parts: StoreUsersParts

  constructor(parts: StoreUsersParts) {
    this.#parts = parts
  }

  /**
   * The login of a person, whose user and roles are brought up to date. Fails with `permission-denied` when the name is
   * that of a user who was not made for this person.
   */
  async loginOf(person: Person, options: CallOptions): Promise<Credentials> {
    const { etcd, clock, secret } = this.#parts
    const password = this.#derive(`password\n${person.issuer}\n${person.subject}`)
    const key = usersPrefix + person.user
    const stored = await etcd.kv.get(key, options)
    const known = stored && readUser(stored.bytes)
    if (stored !== undefined && (known?.issuer !== person.issuer || known.subject !== person.subject))
      throw taken(person)
    const exists = (await etcd.auth.users.list(options)).includes(person.user)
    if (exists && known === undefined) throw taken(person)
    const secretId = createHmac('sha256', secret).update('id').digest('hex').slice(0, 16)
    const record = { issuer: person.issuer, subject: person.subject, secretId, lastLoginAt: at(clock) }
    // Whose it is stands there before the user does: two who come at once cannot both get it.
    await this.#keep(key, stored?.modRevision ?? 0n, { ...record, roles: known?.roles ?? [] }, options)
    if (!exists) await etcd.auth.users.add(person.user, password, options)
    else if (known?.secretId !== secretId) await etcd.auth.users.changePassword(person.user, password, options)
    const roles = await this.#grant(person, known?.roles ?? [], options)
    await etcd.kv.put(key, JSON.stringify({ ...record, roles }), options)
    return { username: person.user, password }
  }

  /** Roles that others granted stay. */
  async #grant(person: Person, granted: readonly string[], options: CallOptions): Promise<readonly string[]> {
    const { etcd, onMissingRole } = this.#parts
    const existing = new Set(await etcd.auth.roles.list(options))
    const wanted = person.roles.filter((role) => existing.has(role))
    for (const role of person.roles) if (!existing.has(role)) onMissingRole(role)
    const held = new Set((await etcd.auth.users.get(person.user, options)).roles)
    for (const role of granted) {
      if (!wanted.includes(role) && held.has(role)) await etcd.auth.users.revokeRole(person.user, role, options)
    }
    const added: string[] = []
    for (const role of wanted) {
      if (!held.has(role)) await etcd.auth.users.grantRole(person.user, role, options)
      if (!held.has(role) || granted.includes(role)) added.push(role)
    }
    return added
  }

  async #keep(key: string, revision: bigint, record: UserRecord, options: CallOptions): Promise<void> {
    const { succeeded } = await this.#parts.etcd
      .txn()
      .if(modRevision(key).equals(revision))
      .do(put(key, JSON.stringify(record)))
      .commit(options)
    if (!succeeded) throw new WaypostError('conflict', 'You are logging in twice at once. Try again.')
  }

  #derive(purpose: string): string {
    return createHmac('sha256', this.#parts.secret).update(purpose).digest('base64url')
  }
}

function readUser(value: Uint8Array): UserRecord | undefined {
  const fields = readFields(value)
  const issuer = textIn(fields, 'issuer')
  const subject = textIn(fields, 'subject')
  if (issuer === undefined || subject === undefined) return undefined
  const roles = Array.isArray(fields?.roles) ? fields.roles.map(String) : []
  return {
    issuer,
    subject,
    roles,
    secretId: textIn(fields, 'secretId') ?? '',
    lastLoginAt: textIn(fields, 'lastLoginAt') ?? '',
  }
}

function taken({ user }: Person): WaypostError {
  return new WaypostError(
    'permission-denied',
    `The store has a user ${user} already, who was not made for your account at the provider. An administrator has to remove that user first.`,
  )
}

function at(clock: Clock): string {
  return new Date(clock.epochMs()).toISOString()
}
