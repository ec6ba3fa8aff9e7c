import type { Cache, CacheChanges, EtcdClient } from '@waypost/client'
import { Listeners, WaypostError } from '@waypost/core'
import { type Instance, namesPrefix } from '@waypost/registry'
import type { NameSource } from './zone/name-source.ts'

/** Services with instances, and names that somebody has applied for: those are there, although nothing answers yet. */
export class KnownNames implements NameSource {
  readonly #directory: NameSource
  readonly #applied: Cache
  readonly #listeners = new Listeners<[services: ReadonlySet<string>]>()
  readonly #release: () => void
  /** The hub's login may not read whom names belong to: then the instances are all that is known. */
  #isUnreadable = false

  constructor(directory: NameSource, etcd: EtcdClient) {
    this.#directory = directory
    this.#applied = etcd.cache({ prefix: namesPrefix }, { timeoutMs: Number.POSITIVE_INFINITY })
    const releases = [
      directory.onChange((services) => this.#listeners.tell(services)),
      this.#applied.onChange((changes) => this.#listeners.tell(servicesIn(changes))),
    ]
    this.#release = () => {
      for (const release of releases) release()
    }
    this.#applied.ready.then(
      () => this.#listeners.tell(new Set(this.#appliedFor())),
      (error: unknown) => {
        this.#isUnreadable = WaypostError.is(error, 'permission-denied')
        this.#listeners.tell(new Set())
      },
    )
  }

  get isReady(): boolean {
    return this.#directory.isReady && (this.#applied.isReady || this.#isUnreadable)
  }

  get services(): Iterable<string> {
    return new Set([...this.#directory.services, ...this.#appliedFor()])
  }

  has(service: string): boolean {
    return this.#directory.has(service) || this.#applied.has(namesPrefix + service)
  }

  instances(service: string): readonly Instance[] {
    return this.#directory.instances(service)
  }

  get revision(): bigint {
    return this.#directory.revision
  }

  get staleSince(): Date | undefined {
    return this.#directory.staleSince
  }

  onChange(listener: (services: ReadonlySet<string>) => void): () => void {
    return this.#listeners.add(listener)
  }

  async close(): Promise<void> {
    this.#release()
    this.#listeners.clear()
    await this.#applied.close()
  }

  *#appliedFor(): Iterable<string> {
    for (const [key] of this.#applied) yield key.slice(namesPrefix.length)
  }
}

function servicesIn({ changes }: CacheChanges): ReadonlySet<string> {
  return new Set(changes.map(({ key }) => key.slice(namesPrefix.length)))
}
