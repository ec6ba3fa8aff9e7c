import type { EtcdClient } from '@waypost/client'
import { abortable, type CallOptions, type Clock, onAbort, systemClock, WaypostError } from '@waypost/core'
import { type BalanceOptions, resolveBalance } from './balance/balance-options.ts'
import { LoadBalancer } from './balance/load-balancer.ts'
import { bounded } from './bounded.ts'
import { Subscriptions } from './drain/subscriptions.ts'
import { type GuardOptions, type ResolvedGuard, resolveGuard } from './guard/guard-options.ts'
import type { InstanceRecord } from './instance.ts'
import { instanceKey, readInstanceKey, servicesPrefix } from './keys.ts'
import { OverrideFollower } from './operate/override-follower.ts'
import { ServiceOperator } from './operate/service-operator.ts'
import { readInstance } from './read-instance.ts'
import type { RecordFormat } from './record-format.ts'
import { alreadyExists } from './register/contest.ts'
import { enter } from './register/enter.ts'
import { Presence } from './register/presence.ts'
import { Registration } from './registration.ts'
import { checkName, type RegisterOptions, resolveRecord } from './registration-options.ts'
import type { Where } from './selector.ts'
import { ServiceFollower } from './service-follower.ts'
import { ServiceView } from './service-view.ts'

export interface RegistryOptions {
  /** How long records outlive a process that dies, in whole seconds, at least 2. Default 10. */
  readonly ttlSeconds?: number | undefined
  /** When views hold on to instances whose records are lost. `false`: never. */
  readonly guard?: GuardOptions | false | undefined
  /** What this process is called where it says that it follows a service. Default `npm_package_name`, if set. */
  readonly app?: string | undefined
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
  /** A source of numbers in [0, 1) for jitter; for tests. */
  readonly random?: (() => number) | undefined
}

/** `signal` and `timeoutMs` (default 5,000) bound the wait for the first list. The view lives until it is closed. */
export interface DiscoverOptions extends CallOptions {
  /** Which instances the view shows. Default all. */
  readonly where?: Where | undefined
  /** How `pick` chooses. Default by weight in turn. */
  readonly balance?: BalanceOptions | undefined
  /**
   * False resolves at once with a view that may still be empty, for a process that is to start while the store is
   * away; `view.ready` settles later. Default true.
   */
  readonly wait?: boolean | undefined
  /**
   * False only looks: whoever drains an instance does not wait for this process to see it. For tools; who sends
   * traffic subscribes. Default true.
   */
  readonly subscribe?: boolean | undefined
}

/** How many instances a service has. */
export interface ServiceSummary {
  readonly service: string
  /** Records that can be read, whatever their status. */
  readonly instances: number
  /** Those with status `up`. */
  readonly up: number
  /** Records that cannot be read. */
  readonly unreadable: number
}

const defaultTtlSeconds = 10
const defaultRegisterTimeoutMs = 30_000
const defaultDiscoverTimeoutMs = 5_000
const defaultCloseTimeoutMs = 1_000
/** The most operations that etcd takes in a transaction, by default. */
const maxBatch = 128

/** The service registry in an etcd v3 store: who is there, and where. */
export class Registry {
  readonly #etcd: EtcdClient
  readonly #ttlSeconds: number
  readonly #clock: Clock
  readonly #random: () => number
  readonly #presences = new Map<number, Presence>()
  readonly #registrations = new Map<string, Registration>()
  readonly #followers = new Map<string, ServiceFollower>()
  readonly #views = new Set<ServiceView>()
  readonly #guard: ResolvedGuard | undefined
  readonly #subscriptions: Subscriptions
  #overrides: OverrideFollower | undefined
  #closed = false

  constructor(etcd: EtcdClient, options: RegistryOptions = {}) {
    this.#etcd = etcd
    this.#ttlSeconds = checkTtl(options.ttlSeconds ?? defaultTtlSeconds)
    this.#guard = resolveGuard(options.guard)
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#subscriptions = new Subscriptions({
      etcd,
      presence: () => this.#presence(this.#ttlSeconds),
      clock: this.#clock,
      random: this.#random,
      app: options.app ?? process.env.npm_package_name,
    })
  }

  /**
   * Registers an instance of a service until `deregister()` or the end of the process.
   *
   * Fails with `invalid-argument` before anything is written when a name or value would not work; with
   * `already-exists` when another live process holds the id, for which a holder that may have died is watched for as
   * long as its lease lives, within `timeoutMs` (default 30,000); and as the client does when the store is away.
   */
  async register(options: RegisterOptions & CallOptions): Promise<Registration> {
    const [registration] = await this.registerAll([options], options)
    if (registration === undefined) throw new WaypostError('internal', 'One registration came to none.')
    return registration
  }

  /**
   * Registers several instances in one transaction: all or none. At most 128, as many as etcd takes in one.
   * Fails as `register` does.
   */
  async registerAll(list: readonly RegisterOptions[], options: CallOptions = {}): Promise<Registration[]> {
    this.#checkOpen()
    if (list.length > maxBatch) {
      throw new WaypostError('invalid-argument', `At most ${maxBatch} instances can be registered in one transaction.`)
    }
    const now = new Date(this.#clock.epochMs())
    const entries = list.map((entry) => ({
      record: resolveRecord(entry, now),
      ttlSeconds: checkTtl(entry.ttlSeconds ?? this.#ttlSeconds),
      format: entry.format ?? 'waypost',
    }))
    const keys = new Set(this.#registrations.keys())
    for (const { record } of entries) {
      const key = instanceKey(record.service, record.id)
      if (keys.has(key)) throw alreadyExists(record, undefined, 'This process registered it.')
      keys.add(key)
    }
    if (entries.length === 0) return []
    const registrations = entries.map(({ record, ttlSeconds, format }) => this.#prepare(record, ttlSeconds, format))
    try {
      const entrants = registrations.map(({ entrant }) => entrant)
      await this.#withDeadline(options, (signal) => enter(entrants, { etcd: this.#etcd, clock: this.#clock, signal }))
    } catch (error) {
      await Promise.all(registrations.map((registration) => registration.giveUp(error)))
      throw error
    }
    for (const registration of registrations) registration.begin()
    return registrations
  }

  /**
   * Follows the instances of a service. Resolves when the first list is there. Views of one service share one copy.
   * Fails with `unavailable` when the store does not answer in time, and with what it says when it refuses.
   */
  async discover(service: string, options: DiscoverOptions = {}): Promise<ServiceView> {
    this.#checkOpen()
    checkName('service', service)
    const balance = resolveBalance(options.balance ?? {}, 'round-robin')
    const follower = this.#follower(service)
    if (options.subscribe !== false) follower.subscribe()
    const view: ServiceView = new ServiceView(
      follower,
      options.where,
      () => this.#views.delete(view),
      (first) => new LoadBalancer(balance, first, this.#clock, this.#random),
    )
    this.#views.add(view)
    if (options.wait === false) return view
    try {
      await this.#firstList(view, options)
      return view
    } catch (error) {
      await view.close()
      throw error
    }
  }

  /** What people on call do to the instances of a service. */
  operate(service: string): ServiceOperator {
    this.#checkOpen()
    checkName('service', service)
    return new ServiceOperator(this.#etcd, service, this.#clock)
  }

  /** The services that have a record at this moment, sorted by name. */
  async services(options?: CallOptions): Promise<ServiceSummary[]> {
    this.#checkOpen()
    const counts = new Map<string, { instances: number; up: number; unreadable: number }>()
    for await (const { key, bytes, modRevision } of this.#etcd.kv.list({ prefix: servicesPrefix }, options)) {
      const service = readInstanceKey(key)?.service
      if (service === undefined) continue
      const count = counts.get(service) ?? { instances: 0, up: 0, unreadable: 0 }
      counts.set(service, count)
      const { instance } = readInstance(key, bytes, modRevision)
      if (instance === undefined) count.unreadable += 1
      else count.instances += 1
      if (instance?.status === 'up') count.up += 1
    }
    return [...counts]
      .map(([service, count]) => ({ service, ...count }))
      .sort((a, b) => (a.service < b.service ? -1 : 1))
  }

  /**
   * Deregisters everything that was registered here and closes all views. Idempotent, and silent: what cannot be told
   * to the store within `timeoutMs` (default 1,000) goes with its lease. The client stays open.
   */
  async close({ timeoutMs = defaultCloseTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closed = true
    const registrations = [...this.#registrations.values()]
    const work = Promise.all([
      ...registrations.map((registration) => registration.deregister({ timeoutMs }).catch(() => {})),
      ...[...this.#views].map((view) => view.close()),
      this.#subscriptions.close(),
    ])
    await bounded('Closing the registry', work, { timeoutMs, clock: this.#clock }).catch(() => {})
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #firstList(view: ServiceView, options: CallOptions): Promise<void> {
    const { timeoutMs = defaultDiscoverTimeoutMs, signal } = options
    const what = `The first list of the instances of ${view.service}`
    try {
      await abortable(bounded(what, view.ready, { timeoutMs, clock: this.#clock, signal }), signal)
    } catch (error) {
      if (!WaypostError.is(error, 'deadline-exceeded')) throw error
      const cause = view.lastError
      const why = cause === undefined ? '' : ` ${cause.message}`
      throw new WaypostError('unavailable', `${error.message}${why}`, { cause, endpoint: cause?.endpoint })
    }
  }

  #prepare(record: InstanceRecord, ttlSeconds: number, format: RecordFormat): Registration {
    const key = instanceKey(record.service, record.id)
    const registration = new Registration(record, {
      etcd: this.#etcd,
      presence: this.#presence(ttlSeconds),
      format,
      clock: this.#clock,
      random: this.#random,
      onEnd: () => this.#registrations.delete(key),
    })
    this.#registrations.set(key, registration)
    return registration
  }

  #presence(ttlSeconds: number): Presence {
    let presence = this.#presences.get(ttlSeconds)
    if (presence === undefined) {
      presence = new Presence(this.#etcd, ttlSeconds, this.#clock)
      this.#presences.set(ttlSeconds, presence)
    }
    return presence
  }

  #follower(service: string): ServiceFollower {
    let follower = this.#followers.get(service)
    if (follower === undefined) {
      this.#overrides ??= new OverrideFollower(this.#etcd, () => {
        this.#overrides = undefined
      })
      follower = new ServiceFollower(service, {
        etcd: this.#etcd,
        clock: this.#clock,
        overrides: this.#overrides,
        subscriptions: this.#subscriptions,
        guard: this.#guard,
        onIdle: () => this.#followers.delete(service),
      })
      this.#followers.set(service, follower)
    }
    return follower
  }

  async #withDeadline(options: CallOptions, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { timeoutMs = defaultRegisterTimeoutMs, signal } = options
    const bound = new AbortController()
    const release = onAbort(signal, () => bound.abort(signal?.reason))
    const late = new WaypostError('deadline-exceeded', `The registration did not succeed within ${timeoutMs} ms.`)
    const timer = this.#clock.after(timeoutMs, () => bound.abort(late))
    try {
      await work(bound.signal)
    } catch (error) {
      if (bound.signal.reason === late && WaypostError.is(error, 'aborted')) throw late
      throw error
    } finally {
      timer.cancel()
      release()
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new WaypostError('closed', 'The registry has been closed.')
  }
}

function checkTtl(ttlSeconds: number): number {
  if (Number.isInteger(ttlSeconds) && ttlSeconds >= 2) return ttlSeconds
  throw new WaypostError('invalid-argument', `ttlSeconds must be a whole number of 2 or more, not ${ttlSeconds}.`)
}
