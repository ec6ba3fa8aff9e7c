import { createRevision as createdAt, type EtcdClient, type KeyValue, type Lease, put } from '@waypost/client'
import { anySignal, onAbort, throwIfAborted, WaypostError } from '@waypost/core'

/**
 * A place in the queue of a lock or an election: the key `<name>/<lease in hexadecimal>`. The lowest create revision
 * holds. etcdctl, Go's concurrency package and the Lock and Election services keep the same queues.
 */
export class Place {
  readonly key: string
  /** The create revision of the key. Places are served in this order, so it fences: it only rises. */
  readonly token: bigint
  readonly #etcd: EtcdClient
  readonly #prefix: string
  readonly #lease: Lease

  private constructor(etcd: EtcdClient, prefix: string, key: string, createRevision: bigint, lease: Lease) {
    this.#etcd = etcd
    this.#prefix = prefix
    this.key = key
    this.token = createRevision
    this.#lease = lease
  }

  /** Takes the last place, on a lease that is kept alive. */
  static async take(etcd: EtcdClient, name: string, value: string, ttlSeconds: number): Promise<Place> {
    const lease = await etcd.leases.grant({ ttlSeconds })
    const key = `${name}/${lease.id.toString(16)}`
    const { revision } = await etcd
      .txn()
      .if(createdAt(key).equals(0))
      .do(put(key, value, { lease: lease.id }))
      .commit()
    return new Place(etcd, `${name}/`, key, revision, lease)
  }

  /** Fires when the place may be gone, because its lease is. */
  get lost(): AbortSignal {
    return this.#lease.lost
  }

  /**
   * Resolves, with the place's own key and the revision at which it came first, when everybody who came before has left.
   * Rejects when the place is gone.
   */
  async turn(signal: AbortSignal): Promise<{ readonly kv: KeyValue; readonly revision: bigint }> {
    for (;;) {
      throwIfAborted(signal)
      if (this.lost.aborted) throw expired()
      const { kvs, revision } = await this.#etcd.kv.range(
        { prefix: this.#prefix },
        {
          limit: 1,
          sort: { by: 'createRevision', order: 'descending' },
          maxCreateRevision: this.token - 1n,
          keysOnly: true,
          signal,
        },
      )
      const [before] = kvs
      if (before === undefined) return { kv: await this.#own(signal), revision }
      await this.#deletion(before, revision + 1n, signal)
    }
  }

  /** Gives the place to the next in the queue. */
  async leave(): Promise<void> {
    // An expired lease has taken its key along.
    await this.#lease.revoke().catch((error: unknown) => {
      if (!WaypostError.is(error, 'lease-not-found')) throw error
    })
  }

  /** The place's key. The lease may have ended while this waited. */
  async #own(signal: AbortSignal): Promise<KeyValue> {
    const own = await this.#etcd.kv.get(this.key, { signal })
    if (own?.createRevision === this.token) return own
    throw expired()
  }

  async #deletion({ keyBytes }: KeyValue, startRevision: bigint, signal: AbortSignal): Promise<void> {
    const either = anySignal([signal, this.lost])
    await using watch = this.#etcd.watch({ key: keyBytes }, { startRevision, filters: ['noPut'] })
    const release = onAbort(either, () => void watch.close())
    try {
      for await (const { events } of watch) if (events.length > 0) return
    } catch (error) {
      // The deletion was compacted away: the queue is looked at again.
      if (!WaypostError.is(error, 'compacted')) throw error
    } finally {
      release()
    }
  }
}

function expired(): WaypostError {
  return new WaypostError('lease-not-found', 'The lease of the place in the queue has expired.')
}
