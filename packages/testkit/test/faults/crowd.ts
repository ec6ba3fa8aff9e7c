import { EtcdClient } from '@waypost/client'
import { FaultProxy } from '../../src/index.ts'
import { CacheObserver } from './cache-observer.ts'
import type { FaultStore } from './fault-store.ts'
import { LeaseOwner } from './lease-owner.ts'
import type { Ledger } from './ledger.ts'
import { LoadWriter } from './load-writer.ts'
import { WatchObserver } from './watch-observer.ts'

const writerClients = 3
const writersPerClient = 2
const leaseClients = 2
const leasesPerClient = 2

/** Everybody who uses the store: clients that write, hold leases, watch and cache, some of the last two from afar. */
export class Crowd {
  readonly writers: LoadWriter[] = []
  readonly owners: LeaseOwner[] = []
  readonly watches: WatchObserver[] = []
  readonly caches: CacheObserver[] = []
  readonly #store: FaultStore
  readonly #clients: EtcdClient[] = []
  /** The way of the distant ones. */
  readonly #proxies: FaultProxy[] = []
  readonly #running: Promise<void>[] = []

  constructor(store: FaultStore) {
    this.#store = store
  }

  get lostLeases(): number {
    return this.owners.reduce((sum, { lostAtMs }) => sum + lostAtMs.size, 0)
  }

  /** What an observer saw that cannot be. */
  get complaint(): string | undefined {
    return [...this.watches, ...this.caches].flatMap(({ complaints }) => complaints)[0]
  }

  /** @param firstRevision what watches begin with */
  async gather(ledger: Ledger, random: () => number, leaseTtlSeconds: number, firstRevision: bigint): Promise<void> {
    const { endpoints } = this.#store
    for (let index = 0; index < writerClients; index++) {
      const client = this.#client(endpoints)
      for (let writer = 0; writer < writersPerClient; writer++) {
        this.writers.push(new LoadWriter(`writer-${index}-${writer}`, client, ledger, random))
      }
    }
    for (let index = 0; index < leaseClients; index++) {
      const client = this.#client(endpoints)
      for (let lease = 0; lease < leasesPerClient; lease++) {
        this.owners.push(new LeaseOwner(`owner-${index}-${lease}`, client, ledger, leaseTtlSeconds))
      }
    }
    for (const endpoint of endpoints) {
      const { hostname, port } = new URL(endpoint)
      this.#proxies.push(await FaultProxy.start(Number(port), hostname))
    }
    this.#observe('near', endpoints, firstRevision)
    this.#observe(
      'distant',
      this.#proxies.map(({ url }) => url),
      firstRevision,
    )
    for (const each of [...this.owners, ...this.watches]) this.#running.push(each.run())
    await Promise.all(this.caches.map(({ cache }) => cache.ready))
  }

  /** Cuts the distant ones off from the store, or lets them back. */
  setDistantCut(cut: boolean): void {
    for (const proxy of this.#proxies) {
      proxy.refusing = cut
      if (cut) proxy.cut()
    }
  }

  async close(): Promise<void> {
    for (const owner of this.owners) owner.stop()
    await Promise.all([...this.watches, ...this.caches].map((observer) => observer.close()))
    await Promise.all(this.#clients.map((client) => client.close()))
    await Promise.all(this.#running)
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
  }

  #observe(where: string, endpoints: readonly string[], firstRevision: bigint): void {
    const client = this.#client(endpoints)
    this.watches.push(
      new WatchObserver(`the ${where} watch`, client, firstRevision),
      new WatchObserver(`the ${where} slow watch`, this.#client(endpoints), firstRevision, { slow: true }),
    )
    this.caches.push(new CacheObserver(`the ${where} cache`, client))
  }

  #client(endpoints: readonly string[]): EtcdClient {
    const client = new EtcdClient({ endpoints, auth: this.#store.auth })
    this.#clients.push(client)
    return client
  }
}
