import { del, type EtcdClient } from '@waypost/client'
import { type CallOptions, invalidArgument, quoted } from '@waypost/core'
import {
  anyOf,
  callOptionKinds,
  checkOptions,
  checkOptionsIfGiven,
  type OptionKinds,
  oneOf,
  optionsKind,
  positiveNumber,
  required,
  text,
  wholeNumber,
} from '@waypost/core/options'
import type { GrpcTarget } from '../health/health-options.ts'
import type { LeasedRecord, OnLease } from '../register/on-lease.ts'
import { type RegisterOptions, registerOptionKinds } from '../register/registration-options.ts'
import { checkKey, type InstanceCheck, resolveCheck } from './instance-check.ts'

const checkKinds: OptionKinds<InstanceCheck> = {
  http: text,
  tcp: oneOf(true),
  grpc: anyOf(oneOf(true), optionsKind<GrpcTarget>({ service: text })),
  intervalMs: positiveNumber('milliseconds'),
  timeoutMs: positiveNumber('milliseconds'),
  rise: wholeNumber(1),
  fall: wholeNumber(1),
  deregisterAfterMs: positiveNumber('milliseconds'),
}

/** What persistent registration does not know: what the instance would say of itself. */
export type PersistentOptions = Omit<RegisterOptions, 'health' | 'id'> & { readonly id: string }

const { health: _, ...persistentOptionKinds } = { ...registerOptionKinds, id: required(text) }

/**
 * Instances that do not register themselves and keep no lease: they stay until they are deregistered, and an
 * `InstanceChecker` sets their status.
 */
export class PersistentInstances {
  readonly #etcd: EtcdClient
  readonly #unleased: OnLease

  /** @internal Made by `Registry`. */
  constructor(etcd: EtcdClient, unleased: OnLease) {
    this.#etcd = etcd
    this.#unleased = unleased
  }

  /**
   * Registers an instance, or changes it and its check. It begins as `starting` until the first check succeeds.
   * Fails with `already-exists` when a process registered the id itself.
   */
  async register(options: PersistentOptions, check: InstanceCheck, call?: CallOptions): Promise<LeasedRecord> {
    checkOptions('registry.persistent.register', options, persistentOptionKinds)
    checkOptions('registry.persistent.register', check, checkKinds)
    checkOptionsIfGiven('registry.persistent.register', call, callOptionKinds)
    if (check.http !== undefined && !check.http.startsWith('/'))
      throw invalidArgument(
        `The check http must be a path of the instance, such as /health, not ${quoted(check.http)}.`,
      )
    const { host, port, scheme, service, id } = options
    if (typeof host !== 'string') throw invalidArgument('A persistent instance needs a host.')
    const target = { host, port, scheme }
    resolveCheck(check, target)
    const written = await this.#unleased.register({ ...options, status: 'starting' }, call)
    await this.#etcd.kv.put(checkKey(service, id), JSON.stringify({ check, target }), call)
    return written
  }

  /** Deregisters an instance, and ends its check. Nothing, when it is not there. */
  async deregister(service: string, id: string, call?: CallOptions): Promise<void> {
    checkOptionsIfGiven('registry.persistent.deregister', call, callOptionKinds)
    await this.#etcd
      .txn()
      .do(del(checkKey(service, id)))
      .commit(call)
    await this.#unleased.leave(service, id, call)
  }
}
