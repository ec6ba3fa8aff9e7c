import { del, type EtcdClient, modRevision, put } from '@waypost/client'
import { type CallOptions, type Clock, quoted, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptions, type OptionKinds, required, text } from '@waypost/core/options'
import { checkName, checkText } from '../record/check-values.ts'
import { nameKey, namesPrefix, type OwnedName, readName } from './name-record.ts'

export interface ApplyOptions extends CallOptions {
  /** Who is to have the name: a user or a team. */
  readonly owner: string
  /** What the service is, for people. */
  readonly description?: string | undefined
}

export interface ReleaseOptions extends CallOptions {
  /** Who has the name. */
  readonly owner: string
}

const releaseOptionKinds: OptionKinds<ReleaseOptions> = { ...callOptionKinds, owner: required(text) }
const applyOptionKinds: OptionKinds<ApplyOptions> = { ...releaseOptionKinds, description: text }

const maxAttempts = 10

/**
 * The names of services and whom they belong to, so that two teams do not take the same one. A name that nobody applied
 * for can be used all the same: who may register what is decided by the permissions of the store.
 */
export class Names {
  readonly #etcd: EtcdClient
  readonly #clock: Clock

  /** @internal Made by `Registry`. */
  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /**
   * Takes a name, or changes its description for the owner that has it. Fails with `already-exists` when another owner
   * has it, whom `details.owner` names.
   *
   * @example
   * ```ts
   * const name = await registry.names.apply('ledger', { owner: 'payments' })
   * console.log(name.owner) // payments
   * ```
   */
  async apply(name: string, options: ApplyOptions): Promise<OwnedName & { readonly isNew: boolean }> {
    checkOptions('registry.names.apply', options, applyOptionKinds)
    checkName('service', name)
    const { owner, description, signal, timeoutMs } = options
    checkText('owner', owner)
    checkText('description', description)
    const call = { signal, timeoutMs }
    const key = nameKey(name)
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const stored = await this.#etcd.kv.get(key, call)
      const known = stored && readName(key, stored.text(), stored.modRevision)
      if (known !== undefined && known.owner !== owner) throw taken(known)
      const since = known?.since ?? new Date(this.#clock.epochMs()).toISOString()
      const { succeeded, revision } = await this.#etcd
        .txn()
        .if(modRevision(key).equals(stored?.modRevision ?? 0n))
        .do(put(key, JSON.stringify({ owner, description, since })))
        .commit(call)
      if (succeeded) return { name, owner, description, since, revision, isNew: known === undefined }
    }
    throw new WaypostError('conflict', `The name ${quoted(name)} keeps being changed by others.`)
  }

  /** Whom a name belongs to; `undefined` when nobody applied for it. */
  async get(name: string, options?: CallOptions): Promise<OwnedName | undefined> {
    checkName('service', name)
    const stored = await this.#etcd.kv.get(nameKey(name), options)
    return stored && readName(stored.key, stored.text(), stored.modRevision)
  }

  /** Every name that belongs to somebody, sorted. */
  async list(options?: CallOptions): Promise<OwnedName[]> {
    const names: OwnedName[] = []
    for await (const kv of this.#etcd.kv.list({ prefix: namesPrefix }, options)) {
      const name = readName(kv.key, kv.text(), kv.modRevision)
      if (name !== undefined) names.push(name)
    }
    return names
  }

  /** Gives a name up. Fails with `not-found`, and with `already-exists` when another owner has it. */
  async release(name: string, options: ReleaseOptions): Promise<void> {
    checkOptions('registry.names.release', options, releaseOptionKinds)
    checkName('service', name)
    const { owner, ...call } = options
    const known = await this.get(name, call)
    if (known === undefined) throw new WaypostError('not-found', `Nobody has the name ${quoted(name)}.`)
    if (known.owner !== owner) throw taken(known)
    const key = nameKey(name)
    const unchanged = modRevision(key).equals(known.revision)
    const { succeeded } = await this.#etcd.txn().if(unchanged).do(del(key)).commit(call)
    if (!succeeded) throw new WaypostError('conflict', `The name ${quoted(name)} was changed in the meantime.`)
  }
}

function taken({ name, owner }: OwnedName): WaypostError {
  return new WaypostError('already-exists', `The name ${quoted(name)} belongs to ${quoted(owner)}.`, {
    details: { owner },
  })
}
