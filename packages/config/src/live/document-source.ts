import type { Cache, EtcdClient } from '@waypost/client'
import { configKey, pathOf } from '../config-path.ts'
import type { FollowedRange } from '../layers/layers.ts'
import type { StoredDocument } from '../layers/resolve.ts'

export interface DocumentSourceOptions {
  readonly timeoutMs: number | undefined
  /** Told the paths that changed, in the turn in which they do. */
  readonly onChange: (paths: readonly string[]) => void
}

/** Live copies of the key ranges that some documents lie in. */
export class DocumentSource {
  readonly #caches: readonly Cache[]

  constructor(etcd: EtcdClient, ranges: readonly FollowedRange[], options: DocumentSourceOptions) {
    this.#caches = ranges.map((range) => etcd.cache(range, { timeoutMs: options.timeoutMs }))
    for (const cache of this.#caches) {
      cache.onChange(({ changes }) => options.onChange(changes.map(({ key }) => pathOf(key))))
    }
  }

  /** Settles when every range has been read. Fails as the first that fails. */
  get ready(): Promise<unknown> {
    return Promise.all(this.#caches.map((cache) => cache.ready))
  }

  /** The newest revision that any range has seen. */
  get revision(): bigint {
    let newest = 0n
    for (const { revision } of this.#caches) if (revision > newest) newest = revision
    return newest
  }

  /** Since when some range may be out of date. */
  get staleSince(): Date | undefined {
    let first: Date | undefined
    for (const { staleSince } of this.#caches) if (staleSince && (!first || staleSince < first)) first = staleSince
    return first
  }

  lookUp(path: string): StoredDocument | undefined {
    const key = configKey(path)
    for (const cache of this.#caches) {
      const found = cache.get(key)
      if (found) return found
    }
    return undefined
  }

  async close(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.close()))
  }
}
