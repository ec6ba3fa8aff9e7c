import type { Cache, EtcdClient, KeyValue, RangeSelector } from '@waypost/client'
import type { LiveChange, LiveSource, MissedChanges } from '../operation/live-source.ts'

/** The keys of all ranges, sorted within each. */
export type Keys = ReadonlyMap<string, KeyValue>

export interface KeySourceOptions<State extends object> {
  readonly etcd: EtcdClient
  readonly ranges: readonly RangeSelector[]
  /** What the keys say: an object of JSON, a pure function of them. */
  read(keys: Keys): State
  /**
   * The `data` of the event that leads from one state to a later one; `undefined` when readers see no difference.
   * Default: the whole later state, if it differs.
   */
  change?(before: State, after: State): object | undefined
}

/**
 * Follows ranges of keys for a live read. Resolves when the first state is there; fails as the client does.
 *
 * ```txt
 * const followFlags = (client: EtcdClient, signal: AbortSignal) =>
 *   followKeys({ etcd: client, ranges: [{ prefix: '/flags/' }], read: (keys) => ({ flags: [...keys.keys()] }) }, signal)
 * ```
 */
export async function followKeys<State extends object>(
  options: KeySourceOptions<State>,
  signal: AbortSignal,
): Promise<LiveSource> {
  const caches = options.ranges.map((range) => options.etcd.cache(range, { timeoutMs: Number.POSITIVE_INFINITY }))
  const stop = (): void => {
    for (const cache of caches) void cache.close()
  }
  signal.addEventListener('abort', stop)
  try {
    await Promise.all(caches.map((cache) => cache.ready))
    return new KeySource(options, caches)
  } catch (error) {
    stop()
    throw signal.aborted ? unanswered(caches, error) : error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Why the store has not answered, rather than that the wait was given up. */
function unanswered(caches: readonly Cache[], error: unknown): unknown {
  return caches.map(({ lastError }) => lastError).find((lastError) => lastError !== undefined) ?? error
}

class KeySource<State extends object> implements LiveSource {
  readonly #options: KeySourceOptions<State>
  readonly #caches: readonly Cache[]
  #revision: bigint
  #state: State

  constructor(options: KeySourceOptions<State>, caches: readonly Cache[]) {
    this.#options = options
    this.#caches = caches
    this.#revision = 0n
    for (const { revision } of caches) if (revision > this.#revision) this.#revision = revision
    this.#state = options.read(this.#keys())
  }

  get revision(): bigint {
    return this.#revision
  }

  get staleSince(): Date | undefined {
    const since = this.#caches.flatMap(({ staleSince }) => staleSince ?? [])
    return since.toSorted((a, b) => a.getTime() - b.getTime())[0]
  }

  read(): object {
    return this.#state
  }

  onChange(listener: (change: LiveChange | 'stale') => void): () => void {
    const releases = this.#caches.flatMap((cache) => [
      cache.onChange(({ revision }) => {
        // Two ranges may tell of their changes in another order than they happened in.
        if (revision > this.#revision) this.#revision = revision
        const before = this.#state
        this.#state = this.#options.read(this.#keys())
        const data = this.#change(before, this.#state)
        if (data !== undefined) listener({ revision: this.#revision, data })
      }),
      cache.onStale(() => listener('stale')),
    ])
    return () => {
      for (const release of releases) release()
    }
  }

  async changesSince(since: bigint, signal: AbortSignal): Promise<MissedChanges> {
    const keys = new Map<string, KeyValue>()
    for (const range of this.#options.ranges) {
      for await (const kv of this.#options.etcd.kv.list(range, { revision: since, signal })) keys.set(kv.key, kv)
    }
    const revision = this.#revision
    if (since > revision) return { revision: since, changes: [] }
    const data = this.#change(this.#options.read(keys), this.#state)
    return { revision, changes: data === undefined ? [] : [{ revision, data }] }
  }

  async recheck(signal: AbortSignal): Promise<void> {
    const { etcd, ranges } = this.#options
    await Promise.all(ranges.map((range) => etcd.kv.range(range, { limit: 1, keysOnly: true, signal })))
  }

  async close(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.close()))
  }

  #keys(): Keys {
    const keys = new Map<string, KeyValue>()
    for (const cache of this.#caches) for (const [key, kv] of cache) keys.set(key, kv)
    return keys
  }

  #change(before: State, after: State): object | undefined {
    const { change } = this.#options
    const data = change ? change(before, after) : JSON.stringify(before) === JSON.stringify(after) ? undefined : after
    return data && { revision: String(this.#revision), ...data }
  }
}
