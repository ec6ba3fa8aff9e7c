import type { Cache, EtcdClient } from '@waypost/client'
import type { Clock } from '@waypost/core'

/** How long requests wait at the start of a hub until it knows which sessions have ended. */
const readyTimeoutMs = 10_000

/** One key for each session that was logged out and would live on otherwise, on a lease until it would end. */
export const endedSessionsPrefix = '/waypost/hub/ended-sessions/'

/** The sessions that were logged out, whichever hub that was asked of. */
export class EndedSessions {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #cache: Cache

  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
    this.#cache = etcd.cache({ prefix: endedSessionsPrefix }, { timeoutMs: readyTimeoutMs })
    this.#cache.ready.catch(() => {})
  }

  /** Settles when they have been read. Fails with `unavailable` and `permission-denied`. */
  get ready(): Promise<void> {
    return this.#cache.ready
  }

  get isReady(): boolean {
    return this.#cache.isReady
  }

  has(id: string): boolean {
    return this.#cache.has(endedSessionsPrefix + id)
  }

  /** Calls `listener` with each that ends from now on. */
  onEnd(listener: (id: string) => void): void {
    this.#cache.onChange(({ changes }) => {
      for (const { type, key } of changes) if (type === 'added') listener(key.slice(endedSessionsPrefix.length))
    })
  }

  /** @param untilMs when the session would end by itself; in milliseconds since the epoch */
  async add(id: string, untilMs: number, signal?: AbortSignal): Promise<void> {
    const ttlSeconds = Math.max(1, Math.ceil((untilMs - this.#clock.epochMs()) / 1_000))
    const lease = await this.#etcd.leases.grant({ ttlSeconds, keepAlive: false, signal })
    const value = JSON.stringify({ until: new Date(untilMs).toISOString() })
    await this.#etcd.kv.put(endedSessionsPrefix + id, value, { lease: lease.id, signal })
  }

  async close(): Promise<void> {
    await this.#cache.close()
  }
}
