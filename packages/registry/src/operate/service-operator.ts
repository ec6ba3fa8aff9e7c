import { del, type EtcdClient, modRevision, put } from '@waypost/client'
import { type AuditRecord, type CallOptions, type Clock, delay, WaypostError } from '@waypost/core'
import {
  anything,
  boolean,
  callOptionKinds,
  checkOptions,
  checkOptionsIfGiven,
  type OptionKinds,
} from '@waypost/core/options'
import { awaitConfirmations, type Confirmations } from '../drain/confirmations.ts'
import { readSubscriber, type Subscriber } from '../drain/subscriber.ts'
import { checkName, checkText, checkWeight } from '../record/check-values.ts'
import {
  overrideKey,
  overridesPrefix,
  readInstanceKey,
  readOverrideKey,
  servicePrefix,
  subscribersPrefix,
} from '../record/keys.ts'
import type { Override } from '../record/override.ts'
import { readOverride } from './override.ts'
import { readForChange } from './read-for-change.ts'

export interface OperateOptions extends CallOptions {
  /** Who does it, for others who look. */
  readonly by?: string | undefined
  /** The network address that it was asked from, for the audit. */
  readonly address?: string | undefined
  readonly reason?: string | undefined
  /** Writes the override also when no instance has that id at present. Default false: `not-found`. */
  readonly evenIfAbsent?: boolean | undefined
}

const operateOptionKinds: OptionKinds<OperateOptions> = {
  ...callOptionKinds,
  by: anything(),
  address: anything(),
  reason: anything(),
  evenIfAbsent: boolean,
}

/** An operator's word and when it holds. */
export interface Operated {
  readonly id: string
  /** The revision from which on views show it. */
  readonly revision: bigint
  /** What is said of the instance now; `undefined` when nothing is. */
  readonly override: Override | undefined
}

/** An override as `list` finds it. */
export interface ListedOverride {
  readonly id: string
  readonly override: Override | undefined
  /** Why it cannot be read, and is not applied. */
  readonly problem: string | undefined
  /** Whether an instance of that id is registered now. */
  readonly isRegistered: boolean
}

/** Each is lost to somebody else's change of the instance, or to anybody's entry in the audit. */
const maxAttempts = 100

/**
 * What people on call do to the instances of one service. It is kept apart from the instances' own records, so it
 * holds also when an instance registers again, and is shown and applied in every view until it is taken back. Each is written in one
 * transaction with its entry in the audit.
 *
 * Each call fails with `invalid-argument`, with `not-found` when there is no such instance, and as the client does.
 */
export class ServiceOperator {
  readonly service: string
  readonly #etcd: EtcdClient
  readonly #clock: Clock

  /** @internal Made by `Registry.operate`. */
  constructor(etcd: EtcdClient, service: string, clock: Clock) {
    this.service = service
    this.#etcd = etcd
    this.#clock = clock
  }

  /** Gives the instance another weight than its own: 0 or more, 0 for no traffic; `undefined` gives back its own. */
  async weight(id: string, weight: number | undefined, options: OperateOptions = {}): Promise<Operated> {
    checkWeight(weight)
    const detail = weight === undefined ? 'its own' : `weight ${weight}`
    return this.#change({ action: 'service.weight', detail }, id, options, ({ status }) => ({ status, weight }))
  }

  /** No new traffic. What runs there goes on, and the instance stays listed, as `leaving`. */
  drain(id: string, options: OperateOptions = {}): Promise<Operated> {
    return this.#change({ action: 'service.drain' }, id, options, ({ weight }) => ({ weight, status: 'leaving' }))
  }

  /** No traffic at all. The instance stays listed, as `disabled`. */
  disable(id: string, options: OperateOptions = {}): Promise<Operated> {
    return this.#change({ action: 'service.disable' }, id, options, ({ weight }) => ({ weight, status: 'disabled' }))
  }

  /** Takes `drain` or `disable` back. A weight stays. */
  enable(id: string, options: OperateOptions = {}): Promise<Operated> {
    return this.#change({ action: 'service.enable' }, id, options, ({ weight }) => ({ weight, status: undefined }))
  }

  /**
   * Waits until every process that follows the service has seen what was said last; see `Registration.drain`.
   * Ends after `timeoutMs` (default 5,000) in any case: the answer says who has and who has not.
   */
  async seen({ revision }: Pick<Operated, 'revision'>, options: CallOptions = {}): Promise<Confirmations> {
    checkOptions('operate.seen', options, callOptionKinds)
    const { timeoutMs = 5_000, signal } = options
    const { service } = this
    return awaitConfirmations(this.#etcd, { service, revision, of: 'overrides', timeoutMs, signal, clock: this.#clock })
  }

  /** Every override of the service, sorted by id, those of instances that are not registered now included. */
  async list(options?: CallOptions): Promise<ListedOverride[]> {
    checkOptionsIfGiven('operate.list', options, callOptionKinds)
    const ids = new Set<string>()
    for await (const { key } of this.#etcd.kv.list(
      { prefix: servicePrefix(this.service) },
      { ...options, keysOnly: true },
    )) {
      const id = readInstanceKey(key)?.id
      if (id !== undefined) ids.add(id)
    }
    const listed: ListedOverride[] = []
    const prefix = `${overridesPrefix}${this.service}/`
    for await (const kv of this.#etcd.kv.list({ prefix }, options)) {
      const id = readOverrideKey(kv.key)?.id
      if (id === undefined) continue
      const { override, problem } = readOverride(kv.text())
      listed.push({ id, override, problem, isRegistered: ids.has(id) })
    }
    return listed
  }

  /** The processes that follow the service and say so. */
  async subscribers(options?: CallOptions): Promise<Subscriber[]> {
    checkOptionsIfGiven('operate.subscribers', options, callOptionKinds)
    const subscribers: Subscriber[] = []
    for await (const kv of this.#etcd.kv.list({ prefix: subscribersPrefix(this.service) }, options)) {
      subscribers.push(readSubscriber(kv.key, kv.text()))
    }
    return subscribers
  }

  async #change(
    { action, detail }: Pick<AuditRecord, 'action' | 'detail'>,
    id: string,
    options: OperateOptions,
    change: (now: Override) => Pick<Override, 'weight' | 'status'>,
  ): Promise<Operated> {
    checkName('id', id)
    checkOptions('operate', options, operateOptionKinds)
    const { by, address, reason, evenIfAbsent = false, signal, timeoutMs } = options
    const callOptions = { signal, timeoutMs }
    checkText('by', by)
    checkText('address', address)
    checkText('reason', reason)
    const key = overrideKey(this.service, id)
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const { instance, stored, chain } = await readForChange(this.#etcd, this.service, id, callOptions)
      if (!instance && !stored && !evenIfAbsent) {
        throw new WaypostError(
          'not-found',
          `The service ${JSON.stringify(this.service)} has no instance ${JSON.stringify(id)}.`,
        )
      }
      const fields = change((stored && readOverride(stored.text()).override) ?? {})
      const epochMs = this.#clock.epochMs()
      const override =
        fields.weight === undefined && fields.status === undefined
          ? undefined
          : { ...fields, reason, by, at: new Date(epochMs).toISOString() }
      const audit = await chain.entry(epochMs, {
        author: by,
        address,
        process: this.#etcd.identity.process,
        action,
        detail,
        instances: [`${this.service}/${id}`],
        comment: reason,
      })
      const result = await this.#etcd
        .txn()
        .if(modRevision(key).equals(stored?.modRevision ?? 0n), ...audit.conditions)
        .do(override ? put(key, JSON.stringify(override)) : del(key), ...audit.operations)
        .commit(callOptions)
      if (result.succeeded) return { id, revision: result.revision, override }
      await delay(Math.random() * Math.min(attempt, 10) * 5, { signal, clock: this.#clock })
    }
    throw new WaypostError('conflict', `The override ${key} keeps being changed by others.`)
  }
}
