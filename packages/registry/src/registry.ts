import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, systemClock, WaypostError, withTimeLimit } from '@waypost/core'
import {
  callOptionKinds,
  checkOptions,
  checkOptionsIfGiven,
  notNegative,
  type OptionKinds,
} from '@waypost/core/options'
import type { Dispatcher } from 'undici'
import { resolveBalance } from './balance/balance-options.ts'
import { LoadBalancer } from './balance/load-balancer.ts'
import type { ServiceCall } from './call/caller.ts'
import { Calls } from './call/calls.ts'
import { type DispatcherOptions, dispatcherOptionKinds } from './call/http/dispatcher-options.ts'
import { type TrafficOptions, trafficOptionKinds } from './call/traffic-options.ts'
import type { Directory } from './discover/directory.ts'
import { firstList } from './discover/first-list.ts'
import { Followers } from './discover/followers.ts'
import { instancesAt, type ServiceState } from './discover/instances-at.ts'
import { kindOf, ServiceCounts, type ServiceSummary } from './discover/service-counts.ts'
import { ServiceList } from './discover/service-list.ts'
import { ServiceView } from './discover/service-view.ts'
import { Subscriptions } from './drain/subscriptions.ts'
import { resolveGuard } from './guard/guard-options.ts'
import { handleSignals, type SignalOptions, signalOptionKinds } from './leave/signals.ts'
import { Names } from './names/names.ts'
import { readOverride } from './operate/override.ts'
import { ServiceOperator } from './operate/service-operator.ts'
import { checksPrefix } from './persistent/instance-check.ts'
import {
  InstanceChecker,
  type InstanceCheckerOptions,
  instanceCheckerOptionKinds,
} from './persistent/instance-checker.ts'
import { PersistentInstances } from './persistent/persistent-instances.ts'
import { checkName } from './record/check-values.ts'
import { overrideKey, overridesPrefix, servicesPrefix } from './record/keys.ts'
import type { Override } from './record/override.ts'
import { OnLease } from './register/on-lease.ts'
import { Registrar } from './register/registrar.ts'
import type { Registration } from './register/registration.ts'
import { type RegisterOptions, registerOptionKinds } from './register/registration-options.ts'
import { type RegistryGauges, registryGauges } from './registry-gauges.ts'
import {
  type DiscoverOptions,
  discoverOptionKinds,
  type FollowOptions,
  followOptionKinds,
  type InstancesOptions,
  instancesOptionKinds,
  type RegistryOptions,
  registryOptionKinds,
} from './registry-options.ts'

const closeOptionKinds: OptionKinds<Pick<CallOptions, 'timeoutMs'>> = { timeoutMs: notNegative }
const registerCallKinds: OptionKinds<RegisterOptions & CallOptions> = { ...registerOptionKinds, ...callOptionKinds }
const defaultDiscoverTimeoutMs = 5_000
const defaultCloseTimeoutMs = 1_000

/** The service registry in an etcd v3 store: who is there, and where. */
export class Registry {
  /** Whom the names of services belong to. */
  readonly names: Names
  /** Instances that stay without a process of their own, and are checked by others. */
  readonly persistent: PersistentInstances
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #random: () => number
  readonly #registrar: Registrar
  readonly #subscriptions: Subscriptions
  readonly #followers: Followers
  readonly #open = new Set<ServiceView | ServiceList | Directory>()
  readonly #calls: Calls
  readonly #releaseSignals = new Set<() => void>()
  #closed = false

  /** Throws `invalid-argument` when an option would not work. */
  constructor(etcd: EtcdClient, options: RegistryOptions = {}) {
    checkOptions('Registry', options, registryOptionKinds)
    const { clock = systemClock, random = Math.random, app = process.env.npm_package_name, snapshotDir } = options
    const { ttlSeconds, heartbeat, hungLimitMs } = options
    const presence = etcd.presence({ ttlSeconds, heartbeat, hungLimitMs })
    this.#etcd = etcd
    this.names = new Names(etcd, clock)
    this.#clock = clock
    this.#random = random
    this.#registrar = new Registrar({ etcd, heartbeat: presence.settings, clock, random })
    this.persistent = new PersistentInstances(etcd, this.onLease(0n))
    this.#subscriptions = new Subscriptions({ etcd, presence, clock, random, app })
    this.#calls = new Calls((service, discoverOptions) => this.discover(service, discoverOptions), clock)
    const guard = resolveGuard(options.guard)
    this.#followers = new Followers({ etcd, clock, guard, subscriptions: this.#subscriptions, snapshotDir })
  }

  /**
   * Registers an instance of a service until `deregister()` or the end of the process.
   *
   * Fails with `invalid-argument` before anything is written when a name or value would not work; with
   * `already-exists` when another live process holds the id, for which a holder that may have died is watched for as
   * long as its lease lives, within `timeoutMs` (default 30,000); and as the client does when the store is away.
   *
   * @example
   * ```ts
   * const registration = await registry.register({ service: 'billing', id: 'b1', port: 3000, zone: 'z1' })
   * console.log(registration.state) // registered
   * await registration.update({ weight: 2 })
   * await registration.deregister()
   * ```
   */
  async register(options: RegisterOptions & CallOptions): Promise<Registration> {
    this.#checkOpen()
    checkOptions('registry.register', options, registerCallKinds)
    const { signal, timeoutMs, ...record } = options
    const [registration] = await this.#registrar.register([record], { signal, timeoutMs })
    if (registration === undefined) throw new WaypostError('internal', 'One of the registrations did not succeed.')
    return registration
  }

  /**
   * Registers several instances in one transaction: all or none. At most 128, as many as etcd takes in one.
   * Fails as `register` does.
   */
  async registerAll(list: readonly RegisterOptions[], options: CallOptions = {}): Promise<Registration[]> {
    this.#checkOpen()
    checkOptions('registry.registerAll', options, callOptionKinds)
    for (const record of list) checkOptions('registry.registerAll', record, registerOptionKinds)
    return this.#registrar.register(list, options)
  }

  /**
   * Registers instances for a program that keeps a lease itself and says by it that it lives.
   *
   * @example
   * ```ts
   * const lease = await etcd.leases.grant({ ttlSeconds: 30, keepAlive: false })
   * const { record } = await registry.onLease(lease.id).register({ service: 'legacy', id: 'l1', host: '10.0.0.9', port: 80 })
   * console.log(record.status) // up
   * ```
   */
  onLease(lease: bigint): OnLease {
    this.#checkOpen()
    return new OnLease(lease, { etcd: this.#etcd, clock: this.#clock, farewells: this.#registrar.farewells })
  }

  /**
   * Checks the instances of `persistent` until it is closed, and sets their status. Only one process may do so at a
   * time: call it for who leads an election. Fails as the client does.
   */
  async checkPersistent(options: InstanceCheckerOptions = {}): Promise<InstanceChecker> {
    this.#checkOpen()
    checkOptions('registry.checkPersistent', options, instanceCheckerOptionKinds)
    const checks = this.#etcd.cache({ prefix: checksPrefix })
    await checks.ready
    const parts = { etcd: this.#etcd, clock: this.#clock, random: this.#random, unleased: this.onLease(0n) }
    return new InstanceChecker(parts, checks, options)
  }

  /**
   * Follows the instances of a service. Resolves when the first list is there. Views of one service share one copy.
   * Fails with `unavailable` when the store does not answer in time, and with what it says when it refuses.
   *
   * @example
   * ```ts
   * await registry.register({ service: 'stock', id: 's1', host: '10.0.0.1', port: 3000 })
   * await using stock = await registry.discover('stock')
   * console.log(stock.pick()?.address) // 10.0.0.1:3000
   * ```
   */
  async discover(service: string, options: DiscoverOptions = {}): Promise<ServiceView> {
    this.#checkOpen()
    checkName('service', service)
    checkOptions('registry.discover', options, discoverOptionKinds)
    const balance = resolveBalance(options.balance ?? {}, 'round-robin')
    const follower = this.#followers.service(service)
    if (options.subscribe !== false) follower.subscribe()
    const view: ServiceView = new ServiceView(
      follower,
      options.where,
      () => this.#open.delete(view),
      (first) => new LoadBalancer(balance, first, this.#clock, this.#random),
      { willPick: options.subscribe !== false || options.balance !== undefined, passOn: options.passOn },
    )
    return this.#opened(view, `The first list of the instances of ${service}`, options)
  }

  /** Follows the list of services and their counts. Resolves when the first list is there, and fails as `discover`. */
  async followServices(options: FollowOptions = {}): Promise<ServiceList> {
    this.#checkOpen()
    checkOptions('registry.followServices', options, followOptionKinds)
    const list = new ServiceList(this.#etcd, this.#followers.overrides(), (closed) => this.#open.delete(closed))
    return this.#opened(list, 'The first list of the services', options)
  }

  /**
   * Follows every service with its instances, by one watch. Resolves when the first list is there, and fails as
   * `discover`. For programs that answer for all services.
   *
   * @example
   * ```ts
   * await registry.register({ service: 'cart', id: 'c1', host: '10.0.0.3', port: 3000 })
   * await using directory = await registry.followAll()
   * console.log(directory.instances('cart').map(({ address }) => address)) // [ '10.0.0.3:3000' ]
   * ```
   */
  async followAll(options: FollowOptions = {}): Promise<Directory> {
    this.#checkOpen()
    checkOptions('registry.followAll', options, followOptionKinds)
    const directory = this.#followers.directory((closed) => this.#open.delete(closed))
    return this.#opened(directory, 'The first list of all instances', options)
  }

  /**
   * An undici dispatcher that finds services by the host of the URL, so that `fetch('http://user/orders', { dispatcher })`
   * goes to an instance of `user`. Without options it is the same one each time. The registry closes it with itself.
   * Loads undici when first called.
   */
  dispatcher(options?: DispatcherOptions): Dispatcher {
    this.#checkOpen()
    checkOptionsIfGiven('registry.dispatcher', options, dispatcherOptionKinds)
    return this.#calls.dispatcher(options)
  }

  /**
   * For every other way to call: the function it returns picks an instance, does your work with it, tells the balancer
   * how it went, and tries another instance when that is safe. Fails with `no-instance`, or as your work does.
   *
   * @example
   * ```ts
   * await registry.register({ service: 'mail', id: 'm1', host: '10.0.0.2', port: 25 })
   * const callMail = registry.callFactory('mail')
   * const answer = await callMail(async ({ address }) => `sent by ${address}`, { idempotent: true })
   * console.log(answer) // sent by 10.0.0.2:25
   * ```
   */
  callFactory(service: string, options?: TrafficOptions): ServiceCall {
    this.#checkOpen()
    checkName('service', service)
    checkOptionsIfGiven('registry.callFactory', options, trafficOptionKinds)
    return this.#calls.caller(service, options)
  }

  /**
   * What people on call do to the instances of a service.
   *
   * @example
   * ```ts
   * await registry.register({ service: 'search', id: 'x1', port: 3000 })
   * const { override } = await registry.operate('search').drain('x1', { by: 'ann', reason: 'disk' })
   * console.log(override?.status) // leaving
   * ```
   */
  operate(service: string): ServiceOperator {
    this.#checkOpen()
    checkName('service', service)
    return new ServiceOperator(this.#etcd, service, this.#clock)
  }

  /** The services that have a record at this moment, sorted by name. */
  async services(options?: CallOptions): Promise<ServiceSummary[]> {
    this.#checkOpen()
    const overrides = new Map<string, Override>()
    for await (const { key, text } of this.#overrideTexts(options)) {
      const { override } = readOverride(text)
      if (override) overrides.set(key, override)
    }
    const counts = new ServiceCounts()
    for await (const kv of this.#etcd.kv.list({ prefix: servicesPrefix }, options)) {
      const counted = kindOf(kv, (service, id) => overrides.get(overrideKey(service, id)))
      if (counted) counts.add(counted.service, counted.kind)
    }
    return counts.summaries()
  }

  /**
   * The instances of a service at this moment, or as they were at a revision; read once and not followed. Fails with
   * `compacted` when the store has forgotten that revision.
   */
  async instances(service: string, options: InstancesOptions = {}): Promise<ServiceState> {
    this.#checkOpen()
    checkName('service', service)
    checkOptions('registry.instances', options, instancesOptionKinds)
    return instancesAt({ etcd: this.#etcd, clock: this.#clock }, service, options)
  }

  /**
   * On SIGTERM and SIGINT: drains everything that is registered here, closes the registry, calls `onDrained`,
   * and lets the signal end the process, unless somebody else listens for it, too. A second signal ends it at once.
   * Returns the function that stops listening; `close()` does so as well.
   */
  handleSignals(options: SignalOptions = {}): () => void {
    this.#checkOpen()
    checkOptions('registry.handleSignals', options, signalOptionKinds)
    const release = handleSignals(async () => {
      const { registrations } = this.#registrar
      await Promise.all(registrations.map((registration) => registration.drain(options.drain).catch(() => {})))
      await this.close()
    }, options)
    this.#releaseSignals.add(release)
    return release
  }

  /** What there is at this moment, for metrics. */
  get gauges(): RegistryGauges {
    return registryGauges(this.#registrar.registrations, this.#open)
  }

  /**
   * Deregisters everything that was registered here and closes all views. Idempotent, and silent: what cannot be told
   * to the store within `timeoutMs` (default 1,000) goes with its lease. The client stays open.
   */
  async close(options: Pick<CallOptions, 'timeoutMs'> = {}): Promise<void> {
    checkOptions('registry.close', options, closeOptionKinds)
    const { timeoutMs = defaultCloseTimeoutMs } = options
    this.#closed = true
    for (const release of this.#releaseSignals) release()
    const { registrations } = this.#registrar
    const work = Promise.all([
      ...registrations.map((registration) => registration.deregister({ timeoutMs }).catch(() => {})),
      ...[...this.#open].map((view) => view.close()),
      this.#calls.close(),
      this.#subscriptions.close(),
    ])
    await withTimeLimit(work, { what: 'Closing the registry', timeoutMs, clock: this.#clock }).catch(() => {})
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #opened<T extends ServiceView | ServiceList | Directory>(
    view: T,
    what: string,
    options: FollowOptions,
  ): Promise<T> {
    this.#open.add(view)
    if (options.wait === false) return view
    const { timeoutMs = defaultDiscoverTimeoutMs, signal } = options
    try {
      await firstList(view, { what, timeoutMs, signal, clock: this.#clock })
      return view
    } catch (error) {
      await view.close()
      throw error
    }
  }

  /** Nothing, for who may not read them. */
  async *#overrideTexts(options: CallOptions | undefined): AsyncIterable<{ key: string; text: string }> {
    try {
      for await (const kv of this.#etcd.kv.list({ prefix: overridesPrefix }, options)) {
        yield { key: kv.key, text: kv.text() }
      }
    } catch (error) {
      if (!WaypostError.is(error, 'permission-denied')) throw error
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new WaypostError('closed', 'The registry has been closed.')
  }
}
