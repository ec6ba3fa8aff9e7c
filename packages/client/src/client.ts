import type { Auth } from './auth.ts'
import type { Cache, CacheOptions } from './cache.ts'
import type { EtcdClientOptions } from './client-options.ts'
import type { Cluster } from './cluster.ts'
import type { RangeSelector } from './key.ts'
import type { Kv } from './kv.ts'
import type { Leases } from './leases.ts'
import type { Maintenance } from './maintenance.ts'
import type { LinkStatus } from './status.ts'
import type { Txn } from './txn.ts'
import type { Watch, WatchOptions } from './watch.ts'

/**
 * A client of an etcd v3 store. It connects when first used, moves between endpoints by itself,
 * and must be closed: `await client.close()`, or `await using client = new EtcdClient(…)`.
 *
 * Reads are repeated until their deadline. A write is repeated only when it provably was not applied;
 * when its answer is lost it fails with `outcome-unknown`.
 */
export class EtcdClient {
  readonly kv!: Kv
  readonly leases!: Leases
  readonly auth!: Auth
  readonly cluster!: Cluster
  readonly maintenance!: Maintenance

  constructor(_options: EtcdClientOptions) {}

  get endpoints(): readonly string[] {
    throw new Error('not written yet')
  }

  /** The link to the store at this moment. */
  get state(): LinkStatus {
    throw new Error('not written yet')
  }

  /** The link to the store, now and whenever it changes. A slow consumer gets the newest. */
  status(): AsyncIterableIterator<LinkStatus> {
    throw new Error('not written yet')
  }

  /** Begins a transaction: `txn().if(…).do(…).else(…).commit()`. */
  txn(): Txn {
    throw new Error('not written yet')
  }

  /** Follows a range of keys. It begins at once, not when it is first iterated; close it when done. */
  watch(_range: RangeSelector, _options?: WatchOptions): Watch {
    throw new Error('not written yet')
  }

  /** Keeps a live copy of a range of keys. It begins at once; `await cache.ready` before the first look. */
  cache(_range: RangeSelector, _options?: CacheOptions): Cache {
    throw new Error('not written yet')
  }

  /**
   * Ends watches and caches, revokes the leases that were granted here (within `closeTimeoutMs`), and disconnects.
   * Calls that still run fail with `closed`. Idempotent; nothing of the client is left afterwards.
   */
  close(): Promise<void> {
    throw new Error('not written yet')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
