import { resolve } from 'node:path'
import { type Clock, Slices, systemClock } from '@waypost/core'
import { checkOptions } from '@waypost/core/options'
import type { KeyRange } from '@waypost/protocol'
import { Auth } from './auth/auth.ts'
import { Cache, type CacheParts } from './cache/cache.ts'
import { CacheFollower } from './cache/cache-follower.ts'
import { type CacheOptions, cacheOptionKinds } from './cache/cache-options.ts'
import { SnapshotKeeper } from './cache/snapshot-keeper.ts'
import type { EtcdClientOptions } from './client-options.ts'
import { type ClientSettings, clientSettings } from './client-settings.ts'
import { Cluster } from './cluster/cluster.ts'
import { Maintenance } from './cluster/maintenance.ts'
import { readGauges } from './gauges.ts'
import { type ProcessIdentity, processIdentity } from './identity/process-identity.ts'
import type { RangeSelector } from './keys/key.ts'
import { KeySpace } from './keys/key-space.ts'
import { KeyValueList } from './kv/key-value-list.ts'
import { Kv } from './kv/kv.ts'
import { Leases } from './lease/leases.ts'
import { Caller } from './link/caller.ts'
import { parseEndpoints } from './link/endpoints.ts'
import { closedError, Link } from './link/link.ts'
import { Login } from './link/login.ts'
import { MemberSync } from './link/member-sync.ts'
import { Outage, type Reserves } from './link/outage.ts'
import type { LinkStatus } from './link/status.ts'
import { tlsSource } from './link/tls-material.ts'
import type { Presence } from './presence/presence.ts'
import type { PresenceOptions } from './presence/presence-options.ts'
import { Presences } from './presence/presences.ts'
import { Instruments } from './telemetry/instruments.ts'
import { defaultLogger, type EtcdLogger, silentLogger } from './telemetry/logger.ts'
import { Txn } from './txn/txn.ts'
import { Watch, type WatchOptions } from './watch/watch.ts'
import { WatchStreams } from './watch/watch-streams.ts'

const defaults = { snapshotAfterMs: 1_000, snapshotIntervalMs: 5_000 } as const

/**
 * A client of an etcd v3 store. It connects when first used, moves between endpoints by itself,
 * and must be closed: `await client.close()`, or `await using client = new EtcdClient(…)`.
 *
 * Reads are repeated until their deadline. A write is repeated only when it provably was not applied;
 * when its answer is lost it fails with `outcome-unknown`.
 *
 * @example
 * ```ts
 * await using client = new EtcdClient({ endpoints: 'http://127.0.0.1:2379' })
 * await client.kv.put('/greeting', 'hello')
 * console.log((await client.kv.get('/greeting'))?.text()) // hello
 * ```
 */
export class EtcdClient {
  /** What is put in front of every key; empty for nothing. */
  readonly namespace: string
  /** Who this process is, for everything that is said of it in the store. */
  readonly identity: ProcessIdentity
  readonly kv: Kv
  readonly leases: Leases
  readonly auth: Auth
  readonly cluster: Cluster
  readonly maintenance: Maintenance
  /** Divides long work, here and in what is built on the client: one slice of it is done in a turn of the event loop. */
  readonly slices = new Slices()
  readonly #settings: ClientSettings
  readonly #clock: Clock
  readonly #logger: EtcdLogger
  readonly #space: KeySpace
  readonly #isSecure: boolean
  readonly #link: Link
  readonly #caller: Caller
  readonly #closingCaller: Caller
  readonly #watchStreams: WatchStreams
  readonly #presences: Presences
  readonly #detachMetrics: (() => void) | undefined
  readonly #memberSync: MemberSync | undefined
  /** Watches and caches that are not closed. */
  readonly #followers = new Set<Watch | Cache>()
  #closing: Promise<void> | undefined

  constructor(options: EtcdClientOptions) {
    const settings = clientSettings(options)
    const { tls, tracer, clock = systemClock } = options
    const metrics = options.metrics
    this.namespace = settings.namespace
    this.identity = processIdentity(options.instance)
    const logger = options.logger === false ? silentLogger : (options.logger ?? defaultLogger(this.identity.process))
    this.#settings = settings
    this.#clock = clock
    this.#logger = logger
    this.#isSecure = tls !== undefined
    this.#space = new KeySpace(settings.namespace)
    const outage = new Outage({ clock, logger, reserves: () => this.#reserves() })
    const link = new Link({ ...settings, tls: tlsSource(tls), clock, logger, metrics, outage })
    this.#link = link
    const login = new Login(link, settings.auth, settings.timeoutMs, clock, logger)
    const instruments =
      metrics === undefined && tracer === undefined ? undefined : new Instruments(metrics ?? {}, tracer, clock)
    this.#caller = new Caller(link, login, settings.timeoutMs, clock, instruments)
    this.#closingCaller = new Caller(link, login, settings.timeoutMs, clock)
    this.#watchStreams = new WatchStreams({
      link,
      login,
      caller: this.#caller,
      space: this.#space,
      slices: this.slices,
      clock,
      logger,
      metrics,
    })
    this.kv = new Kv(this.#caller, this.#space, this.slices)
    this.leases = new Leases({
      link: this.#link,
      login,
      caller: this.#caller,
      closingCaller: this.#closingCaller,
      space: this.#space,
      clock,
      timeoutMs: settings.timeoutMs,
      closeTimeoutMs: settings.closeTimeoutMs,
      metrics,
      worker: {
        settings: () => ({
          ...settings,
          endpoints: link.endpoints,
          tls: typeof tls === 'function' ? tls() : tls,
        }),
        file: options.leaseWorkerFile,
        clock,
        logger,
      },
    })
    this.#presences = new Presences({
      leases: this.leases,
      txn: () => this.txn(),
      clock,
      closeTimeoutMs: settings.closeTimeoutMs,
    })
    this.auth = new Auth(this.#caller, this.#space)
    this.cluster = new Cluster(this.#caller)
    this.maintenance = new Maintenance(this.#caller)
    this.#detachMetrics = metrics?.clientOpened?.(() =>
      readGauges(
        { link, leases: this.leases, watchStreams: this.#watchStreams, followers: this.#followers },
        clock.epochMs(),
      ),
    )
    if (settings.memberSyncMs !== undefined) {
      this.#memberSync = new MemberSync({
        link,
        intervalMs: settings.memberSyncMs,
        given: settings.endpoints,
        clock,
        logger,
        members: () => this.cluster.members(),
        apply: (endpoints, lastResort) => this.#setEndpoints(endpoints, lastResort),
      })
    }
  }

  /** The endpoints in use, each as `http(s)://host:port`. */
  get endpoints(): readonly string[] {
    return this.#link.endpoints
  }

  /**
   * Replaces the endpoints. When the one in use is not among them, watches and keepalives move to another one at once,
   * without gap, and calls that run are answered where they were sent. Fails with `invalid-argument` as the
   * constructor does, and changes nothing then.
   */
  setEndpoints(endpoints: string | readonly string[]): void {
    if (this.#closing) throw closedError()
    this.#setEndpoints(parseEndpoints(endpoints, this.#isSecure))
  }

  /** The link to the store at this moment. */
  get state(): LinkStatus {
    return this.#link.status
  }

  /** The link to the store, now and whenever it changes. A slow consumer gets the newest. */
  status(): AsyncIterableIterator<LinkStatus> {
    return this.#link.statuses()
  }

  /**
   * The lease for keys that must disappear with this process: one for all users of this client. Options that are not
   * given are as in the first request; a request with other settings gets a lease of its own. Nothing is granted before
   * it is needed. Throws `invalid-argument` when an option would not work.
   *
   * @example
   * ```ts
   * const presence = etcd.presence({ ttlSeconds: 10 })
   * presence.hold()
   * const lease = await presence.lease()
   * await etcd.kv.put('/workers/a', 'here', { lease: lease.id })
   * await presence.release()
   * ```
   */
  presence(options: PresenceOptions = {}): Presence {
    return this.#presences.get(options)
  }

  /**
   * Begins a transaction: `txn().if(…).do(…).else(…).commit()`.
   *
   * @example
   * ```ts
   * const taken = await etcd
   *   .txn()
   *   .if(version('/seats/1').equals(0))
   *   .do(put('/seats/1', 'ada'))
   *   .else(get('/seats/1'))
   *   .commit()
   * console.log(taken.succeeded) // true
   * ```
   */
  txn(): Txn {
    return new Txn(this.#caller, this.#space, [], [], [])
  }

  /**
   * Follows a range of keys. It begins at once, not when it is first iterated; close it when done.
   *
   * @example
   * ```ts
   * await using watch = etcd.watch({ prefix: '/orders/' })
   * await watch.started
   * await etcd.kv.put('/orders/1', 'paid')
   * for await (const { events } of watch) {
   *   for (const { type, key, kv } of events) console.log(type, key, kv.text()) // put /orders/1 paid
   *   break
   * }
   * ```
   */
  watch(range: RangeSelector, options: WatchOptions = {}): Watch {
    if (this.#closing) throw closedError()
    const watch = new Watch(this.#watchStreams, this.#space.range(range), options, (closed) =>
      this.#followers.delete(closed),
    )
    if (!options.signal?.aborted) this.#followers.add(watch)
    return watch
  }

  /**
   * Keeps a live copy of a range of keys. It begins at once; `await cache.ready` before the first look.
   *
   * @example
   * ```ts
   * await etcd.kv.put('/flags/new-checkout', 'on')
   * await using flags = etcd.cache({ prefix: '/flags/' })
   * await flags.ready
   * console.log(flags.get('/flags/new-checkout')?.text()) // on
   * ```
   */
  cache(range: RangeSelector, options: CacheOptions = {}): Cache {
    if (this.#closing) throw closedError()
    checkOptions('cache', options, cacheOptionKinds)
    const keyRange = this.#space.range(range)
    const cache = new Cache({
      clock: this.#clock,
      slices: this.slices,
      timeoutMs: options.timeoutMs ?? this.#settings.timeoutMs,
      signal: options.signal,
      follower: (sink) =>
        new CacheFollower(
          this.#watchStreams,
          keyRange,
          (signal) => new KeyValueList(this.#caller, this.#space, keyRange, { signal }, this.slices),
          this.#clock,
          sink,
        ),
      snapshots: this.#snapshots(keyRange, options),
      unavailable: () => (this.#link.current === undefined ? this.#link.unavailable() : undefined),
      onClosed: (closed) => this.#followers.delete(closed),
    })
    if (!options.signal?.aborted) this.#followers.add(cache)
    return cache
  }

  /**
   * Ends watches and caches, revokes the leases that were granted here (within `closeTimeoutMs`), and disconnects;
   * calls that run have as long to be answered, and fail with `closed` then. Idempotent; nothing is left afterwards.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #reserves(): Reserves {
    const caches = [...this.#followers].filter((follower) => follower instanceof Cache)
    const sum = (of: (cache: Cache) => number): number => caches.reduce((total, cache) => total + of(cache), 0)
    return {
      readyCaches: sum(({ isReady }) => Number(isReady)),
      staleCaches: sum(({ staleSince }) => Number(staleSince !== undefined)),
      watches: this.#followers.size - caches.length,
      changes: sum(({ changeCount }) => changeCount),
      leasesLost: this.leases.lostCount,
    }
  }

  #setEndpoints(endpoints: readonly string[], lastResort: readonly string[] = []): void {
    this.#link.setEndpoints(endpoints, lastResort)
    this.leases.setEndpoints([...endpoints, ...lastResort])
  }

  #snapshots(range: KeyRange, options: CacheOptions): CacheParts['snapshots'] {
    const { snapshotFile, snapshotAfterMs, snapshotIntervalMs } = options
    if (snapshotFile === undefined) return undefined
    const keeperOptions = {
      file: resolve(snapshotFile),
      scope: { range, namespaceBytes: this.#space.prefix.length },
      afterMs: snapshotAfterMs ?? defaults.snapshotAfterMs,
      intervalMs: snapshotIntervalMs ?? defaults.snapshotIntervalMs,
      closeTimeoutMs: this.#settings.closeTimeoutMs,
      clock: this.#clock,
      slices: this.slices,
      logger: this.#logger,
    }
    return (owner) => new SnapshotKeeper(keeperOptions, owner)
  }

  async #close(): Promise<void> {
    const deadlineMs = this.#clock.monotonicMs() + this.#settings.closeTimeoutMs
    this.#memberSync?.close()
    this.#detachMetrics?.()
    this.#presences.close()
    this.#caller.stop()
    // What they have to write is written while leases are revoked.
    const ending = [...this.#followers].map((follower) => follower.close())
    this.#watchStreams.close()
    await this.leases.close()
    await Promise.all(ending)
    this.#closingCaller.stop()
    await this.#link.close(Math.max(0, deadlineMs - this.#clock.monotonicMs()))
  }
}
