import { del, type EtcdClient, get, lease as leaseOf, modRevision, put, version } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptions, checkOptionsIfGiven } from '@waypost/core/options'
import type { InstanceRecord } from '../record/instance.ts'
import { instanceKey } from '../record/keys.ts'
import { readInstance } from '../record/read-instance.ts'
import { formatRecord } from '../record/record-format.ts'
import { repeated } from './claim.ts'
import { alreadyExists } from './contest.ts'
import type { Farewells } from './farewells.ts'
import {
  type RegisterOptions,
  type RegistrationUpdate,
  registerOptionKinds,
  registrationUpdateKinds,
  resolveRecord,
  updateRecord,
} from './registration-options.ts'

/** What stands in the store now. */
export interface LeasedRecord {
  readonly record: InstanceRecord
  readonly revision: bigint
}

export interface OnLeaseParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly farewells: Farewells
}

/**
 * Instances on a lease that somebody else renews: for programs that register others, which say themselves that they
 * live. Nothing is watched or restored: when the lease ends, its instances are gone. All calls fail as the client does.
 */
export class OnLease {
  readonly lease: bigint
  readonly #parts: OnLeaseParts

  /** @internal Made by `Registry.onLease`. */
  constructor(lease: bigint, parts: OnLeaseParts) {
    this.lease = lease
    this.#parts = parts
  }

  /**
   * Writes the record; again, over one that is on this lease already. Fails with `invalid-argument`, with
   * `already-exists` when another lease, or none, has the id, and with `lease-not-found`.
   */
  async register(options: RegisterOptions, call?: CallOptions): Promise<LeasedRecord> {
    checkOptions('registry.onLease().register', options, registerOptionKinds)
    checkOptionsIfGiven('registry.onLease().register', call, callOptionKinds)
    const { etcd, clock } = this.#parts
    const record = resolveRecord(options, new Date(clock.epochMs()))
    const key = instanceKey(record.service, record.id)
    const text = formatRecord(record, options.format ?? 'waypost')
    const write = put(key, text, { lease: this.lease })
    const ours = leaseOf(key).equals(this.lease)
    const { succeeded, revision, responses } = await repeated(() =>
      etcd
        .txn()
        .if(version(key).equals(0))
        .do(write)
        .else(get(key), etcd.txn().if(ours).do(write).asOperation())
        .commit(call),
    )
    if (succeeded) return { record, revision }
    const [holder, second] = responses
    if (second.succeeded) return { record, revision }
    const { instance } = holder ? readInstance(key, holder.bytes, holder.modRevision) : {}
    throw alreadyExists(record, instance, 'It is registered on another lease.')
  }

  /** Changes what is said of an instance. Fails with `not-found` when it is not on this lease. */
  async update(service: string, id: string, update: RegistrationUpdate, call?: CallOptions): Promise<LeasedRecord> {
    checkOptions('registry.onLease().update', update, registrationUpdateKinds)
    checkOptionsIfGiven('registry.onLease().update', call, callOptionKinds)
    return this.#rewrite(service, id, (record) => updateRecord(record, update), call)
  }

  /** Says `leaving`, so that nobody sends new work. Fails with `not-found` when it is not on this lease. */
  async drain(service: string, id: string, call?: CallOptions): Promise<LeasedRecord> {
    checkOptionsIfGiven('registry.onLease().drain', call, callOptionKinds)
    this.#parts.farewells.prepare()
    return this.#rewrite(service, id, (record) => ({ ...record, status: 'leaving' }), call)
  }

  /** Says `leaving`, and takes the record away: consumers know that it left by intent. Nothing, when it is not there. */
  async leave(service: string, id: string, call?: CallOptions): Promise<void> {
    checkOptionsIfGiven('registry.onLease().leave', call, callOptionKinds)
    let text: string
    try {
      text = formatRecord((await this.drain(service, id, call)).record, 'waypost')
    } catch (error) {
      if (WaypostError.is(error, 'not-found')) return
      throw error
    }
    const key = instanceKey(service, id)
    const { farewells, etcd } = this.#parts
    const kept = await farewells.keep(key, text, this.lease, call)
    if (!kept) await etcd.txn().if(leaseOf(key).equals(this.lease)).do(del(key)).commit(call)
  }

  async #rewrite(
    service: string,
    id: string,
    change: (record: InstanceRecord) => InstanceRecord,
    call: CallOptions | undefined,
  ): Promise<LeasedRecord> {
    const { etcd } = this.#parts
    const key = instanceKey(service, id)
    for (;;) {
      const held = await etcd.kv.get(key, call)
      const { instance } = held ? readInstance(key, held.bytes, held.modRevision) : {}
      if (held === undefined || instance === undefined || held.lease !== this.lease) {
        throw new WaypostError('not-found', `The instance ${id} of ${service} is not registered on this lease.`)
      }
      const record = change(recordOf(instance))
      const { succeeded, revision } = await etcd
        .txn()
        .if(modRevision(key).equals(held.modRevision), leaseOf(key).equals(this.lease))
        .do(put(key, formatRecord(record, 'waypost'), { lease: this.lease }))
        .commit(call)
      if (succeeded) return { record, revision }
    }
  }
}

function recordOf(instance: NonNullable<ReturnType<typeof readInstance>['instance']>): InstanceRecord {
  const { service, id, host, port, scheme, version, zone, weight, tags, metadata, process, registeredAt } = instance
  const { status } = instance
  return {
    service,
    id,
    host,
    port,
    scheme,
    version,
    zone,
    weight,
    status: status === 'disabled' ? 'up' : status,
    tags: tags.length > 0 ? tags : undefined,
    metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
    process,
    registeredAt: registeredAt ?? new Date(0).toISOString(),
  }
}
