import { setTimeout as sleep } from 'node:timers/promises'
import { EtcdClient } from '@waypost/client'
import { RpcError, StatusCode } from '@waypost/rpc'
import { currentRevision } from '../../src/contract/current-revision.ts'
import { FaultProxy } from '../../src/index.ts'
import type { Wire } from '../../src/wire/wire.ts'
import { readChanges } from '../crash/observer.ts'
import type { Change } from '../crash/operation.ts'
import { CacheObserver } from './cache-observer.ts'
import type { Fault, FaultStore } from './fault-store.ts'
import { leasePrefix, markerKey } from './keys.ts'
import { LeaseOwner } from './lease-owner.ts'
import { Ledger } from './ledger.ts'
import { LoadWriter } from './load-writer.ts'
import { judgeHistory, judgeTold } from './verdict.ts'
import { WatchObserver } from './watch-observer.ts'

const writerClients = 3
const writersPerClient = 2
const leaseClients = 2
const leasesPerClient = 2
/** Everybody goes on within this time, or the run fails. */
const recoverWithinMs = 20_000
/** From when the store can serve again until a client that was elsewhere has found it. */
const findWithinMs = 2_500
/** So often a writer succeeds before a fault, and after it, before the round is judged. */
const beatsToGoOn = 8

/** What one fault cost, in milliseconds. */
export interface Recovery {
  readonly fault: string
  /** From when the store could serve again until the last writer, and the last watch, went on. */
  readonly writesAgainMs: number
  readonly watchesAgainMs: number
  /** The longest that a writer went without an acknowledged write. */
  readonly writePauseMs: number
  readonly lostLeases: number
}

/**
 * Clients that write, watch, cache and hold leases while faults happen to their store, and a checker that knows
 * every operation that was acknowledged. One `round` per fault.
 */
export class FaultRun {
  readonly #store: FaultStore
  readonly #ledger = new Ledger()
  readonly #clients: EtcdClient[] = []
  readonly #proxies: FaultProxy[] = []
  readonly #writers: LoadWriter[] = []
  readonly #owners: LeaseOwner[] = []
  readonly #watches: WatchObserver[] = []
  readonly #caches: CacheObserver[] = []
  readonly #running: Promise<void>[] = []
  readonly #state = new Map<string, string>()
  /** A lease that was renewed a third of its life ago outlives a store that is away for so long. */
  readonly #bearableMs: number
  /** The store's own history since the last verdict. */
  #history: Change[] = []
  #recorded = 0n
  #markers = 0

  private constructor(store: FaultStore, leaseTtlSeconds: number) {
    this.#store = store
    this.#bearableMs = (leaseTtlSeconds * 2_000) / 3 - findWithinMs
  }

  static async start(store: FaultStore, random: () => number, leaseTtlSeconds: number): Promise<FaultRun> {
    const run = new FaultRun(store, leaseTtlSeconds)
    try {
      await run.#begin(random, leaseTtlSeconds)
      return run
    } catch (error) {
      await run.close()
      throw error
    }
  }

  /** Writes that were acknowledged, and those of unknown outcome, so far. */
  get counts(): { readonly acknowledged: number; readonly unknown: number } {
    return { acknowledged: this.#ledger.acknowledged, unknown: this.#ledger.unknown }
  }

  /** Lets a fault happen under load and judges everything since the last one. */
  async round(fault: Fault): Promise<Recovery> {
    const lostBefore = this.#lostLeases
    for (const { pulse } of [...this.#writers, ...this.#watches]) pulse.clear()
    for (const owner of this.#owners) owner.quiet = false
    const load = this.#writers.map((writer) => writer.run())
    let struckMs = Number.NaN
    let ableMs = Number.NaN
    try {
      await this.#allBeat(performance.now(), 'before the fault')
      await this.#within(
        () => this.#owners.every(({ isCalm }) => isCalm),
        () => 'not every lease is renewed before the fault',
      )
      await fault.strike({
        struck: () => {
          struckMs = performance.now()
        },
        ableAgain: () => {
          ableMs = performance.now()
        },
        cutDistant: () => this.#distant(true),
        healDistant: () => this.#distant(false),
        record: () => this.#record(),
      })
      await this.#allBeat(performance.now(), `after: ${fault.name}`)
    } finally {
      for (const writer of this.#writers) writer.stop()
      for (const owner of this.#owners) owner.quiet = true
      await Promise.all(load)
    }
    const from = Number.isNaN(ableMs) ? struckMs : ableMs
    await this.#judge(fault, from - struckMs > this.#bearableMs)
    const again = (who: readonly (LoadWriter | WatchObserver)[]): number =>
      Math.max(...who.map(({ pulse }) => (pulse.firstAfter(from) ?? Number.NaN) - from))
    return {
      fault: fault.name,
      writesAgainMs: again(this.#writers),
      watchesAgainMs: again(this.#watches),
      writePauseMs: Math.max(...this.#writers.map(({ pulse }) => pulse.longestPauseMs)),
      lostLeases: this.#lostLeases - lostBefore,
    }
  }

  async close(): Promise<void> {
    for (const owner of this.#owners) owner.stop()
    await Promise.all([...this.#watches, ...this.#caches].map((observer) => observer.close()))
    await Promise.all(this.#clients.map((client) => client.close()))
    await Promise.all(this.#running)
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
  }

  get #lostLeases(): number {
    return this.#owners.reduce((sum, { lostAtMs }) => sum + lostAtMs.size, 0)
  }

  async #begin(random: () => number, leaseTtlSeconds: number): Promise<void> {
    this.#recorded = await this.#calmly(currentRevision)
    const first = this.#recorded + 1n
    for (let index = 0; index < writerClients; index++) {
      const client = this.#client(this.#store.endpoints)
      for (let writer = 0; writer < writersPerClient; writer++) {
        this.#writers.push(new LoadWriter(`writer-${index}-${writer}`, client, this.#ledger, random))
      }
    }
    for (let index = 0; index < leaseClients; index++) {
      const client = this.#client(this.#store.endpoints)
      for (let lease = 0; lease < leasesPerClient; lease++) {
        const owner = new LeaseOwner(`owner-${index}-${lease}`, client, this.#ledger, leaseTtlSeconds)
        owner.quiet = true
        this.#owners.push(owner)
        this.#running.push(owner.run())
      }
    }
    for (const endpoint of this.#store.endpoints) {
      const { hostname, port } = new URL(endpoint)
      this.#proxies.push(await FaultProxy.start(Number(port), hostname))
    }
    const distant = this.#proxies.map(({ url }) => url)
    for (const [name, endpoints] of [
      ['near', this.#store.endpoints],
      ['distant', distant],
    ] as const) {
      const client = this.#client(endpoints)
      const slowClient = this.#client(endpoints)
      this.#watches.push(
        new WatchObserver(`the ${name} watch`, client, first),
        new WatchObserver(`the ${name} slow watch`, slowClient, first, { slow: true }),
      )
      this.#caches.push(new CacheObserver(`the ${name} cache`, client))
    }
    for (const watch of this.#watches) this.#running.push(watch.run())
    await Promise.all(this.#caches.map(({ cache }) => cache.ready))
  }

  #client(endpoints: readonly string[]): EtcdClient {
    const client = new EtcdClient({ endpoints, auth: this.#store.auth })
    this.#clients.push(client)
    return client
  }

  #distant(cut: boolean): void {
    for (const proxy of this.#proxies) {
      proxy.refusing = cut
      if (cut) proxy.cut()
    }
  }

  async #allBeat(sinceMs: number, when: string): Promise<void> {
    const late = (): LoadWriter | undefined =>
      this.#writers.find(({ pulse }) => pulse.countSince(sinceMs) < beatsToGoOn)
    await this.#within(
      () => late() === undefined,
      () => `${late()?.name} does not write ${when}`,
    )
  }

  async #within(isSo: () => boolean, complaint: () => string): Promise<void> {
    const deadlineMs = performance.now() + recoverWithinMs
    while (!isSo()) {
      if (performance.now() > deadlineMs) throw new Error(`For ${recoverWithinMs} ms, ${complaint()}.`)
      await sleep(20)
    }
  }

  /** Reads the store's history up to now, through a connection that the clients have nothing to do with. */
  async #record(): Promise<bigint> {
    return this.#calmly(async (wire) => {
      const changes = await readChanges(wire, this.#recorded + 1n, await currentRevision(wire))
      // Not by spreading: a round has more changes than a call takes arguments.
      for (const change of changes) this.#history.push(change)
      this.#recorded = changes.at(-1)?.revision ?? this.#recorded
      return this.#recorded
    })
  }

  /** Reads from the store, again when it is between two leaders. */
  async #calmly<T>(read: (wire: Wire) => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + recoverWithinMs
    for (;;) {
      await using wire = await this.#store.connect()
      try {
        return await read(wire)
      } catch (error) {
        if (!RpcError.is(error) || error.code !== StatusCode.UNAVAILABLE || performance.now() > deadlineMs) throw error
      }
    }
  }

  async #judge(fault: Fault, wasLongAway: boolean): Promise<void> {
    const first = this.#history[0]?.revision ?? this.#recorded + 1n
    for (;;) {
      await this.#mark()
      const current = await this.#record()
      await this.#caughtUp(current)
      // A write of unknown outcome may still come in.
      if ((await this.#record()) === current && this.#caches.every(({ cache }) => cache.revision <= current)) break
    }
    const history = this.#history
    this.#history = []
    judgeHistory(history, first, this.#ledger, this.#state)
    this.#judgeWatches(fault, history)
    for (const { complaints } of this.#caches) {
      this.#ledger.complaints.push(...complaints)
      complaints.length = 0
    }
    for (const observer of this.#caches) {
      const difference = observer.differenceFrom(this.#state)
      if (difference !== undefined) throw new Error(`${observer.name}: ${difference}.`)
    }
    this.#judgeLeases(wasLongAway)
    const { complaints } = this.#ledger
    if (complaints.length > 0) throw new Error(complaints.join('; '))
  }

  /** A last change for everybody to see. */
  async #mark(): Promise<void> {
    await this.#calmly(async (wire) => {
      this.#markers += 1
      const token = `marker.${this.#markers}`
      const entry = this.#ledger.begin(token, [{ key: markerKey, value: token }])
      entry.outcome = 'unknown'
      const { header } = await wire.put(markerKey, token)
      this.#ledger.acknowledge(entry, header?.revision ?? 0n)
    })
  }

  async #caughtUp(revision: bigint): Promise<void> {
    const late = (): string | undefined =>
      this.#watches.find(({ next }) => next <= revision)?.name ??
      this.#caches.find(({ cache, isTaken }) => cache.revision < revision || cache.staleSince !== undefined || !isTaken)
        ?.name
    await this.#within(
      () => late() === undefined || this.#broken !== undefined,
      () => `${late()} has not come to ${revision}`,
    )
    if (this.#broken !== undefined) throw new Error(this.#broken)
  }

  get #broken(): string | undefined {
    return [...this.#watches, ...this.#caches].flatMap(({ complaints }) => complaints)[0]
  }

  #judgeWatches(fault: Fault, history: readonly Change[]): void {
    const last = history.at(-1)?.revision ?? 0n
    for (const watch of this.#watches) {
      if (watch.gaps.length > 0 && !fault.excusesGaps) throw new Error(`${watch.name} found its history compacted.`)
      const seen = history.filter(
        ({ revision }) => !watch.gaps.some(({ from, to }) => revision >= from && revision <= to),
      )
      judgeTold(
        watch.name,
        watch.told.filter(({ revision }) => revision <= last),
        seen,
      )
      watch.told = watch.told.filter(({ revision }) => revision > last)
      watch.gaps.length = 0
    }
  }

  /** No lease went that its owner had not been told of before; and none went that could be kept. */
  #judgeLeases(mayBeLost: boolean): void {
    const lost = new Map(this.#owners.flatMap(({ lostAtMs }) => [...lostAtMs]))
    for (const watch of this.#watches) {
      for (const [key, deletedAtMs] of watch.deletedAtMs) {
        if (!key.startsWith(leasePrefix)) continue
        const lostAtMs = lost.get(key)
        if (lostAtMs === undefined) throw new Error(`${key} is gone, and its owner has not heard of it.`)
        if (lostAtMs > deletedAtMs)
          throw new Error(`${key} was gone ${lostAtMs - deletedAtMs} ms before its owner heard of it.`)
      }
      watch.deletedAtMs.clear()
    }
    if (!mayBeLost && this.#lostLeases > this.#excusedLeases) {
      throw new Error(`A lease was lost that could be kept: ${[...lost.keys()].at(-1)}.`)
    }
    this.#excusedLeases = this.#lostLeases
  }

  #excusedLeases = 0
}
