import type { Cache, CacheChanges, EtcdClient } from '@waypost/client'
import { Listeners, messageOf } from '@waypost/core'
import type { RecordProblem } from '../record/instance.ts'
import { overridesPrefix, readOverrideKey } from '../record/keys.ts'
import type { Override } from '../record/override.ts'
import { readOverride } from './override.ts'

/** A live copy of every override, shared by all services that the process follows: there are few of them. */
export class OverrideFollower {
  /**
   * Settles when the overrides are known, or when it is known that they may not be read: then there are none, and
   * that is reported as a problem.
   */
  readonly settled: Promise<void>
  readonly #cache: Cache
  readonly #onIdle: () => void
  readonly #services = new Map<string, Map<string, Override>>()
  readonly #problems = new Map<string, RecordProblem>()
  readonly #listeners = new Map<string, Listeners<[ids: ReadonlySet<string>]>>()
  readonly #listenersToAll = new Listeners<[service: string, ids: ReadonlySet<string>]>()
  #isSettled = false

  constructor(etcd: EtcdClient, snapshotFile: string | undefined, onIdle: () => void) {
    this.#onIdle = onIdle
    this.#cache = etcd.cache({ prefix: overridesPrefix }, { timeoutMs: Number.POSITIVE_INFINITY, snapshotFile })
    this.#cache.onChange((changes) => this.#take(changes))
    this.settled = this.#cache.ready
      .catch((error: unknown) => this.#refused(messageOf(error)))
      .then(() => {
        this.#isSettled = true
      })
  }

  get isSettled(): boolean {
    return this.#isSettled
  }

  /** The revision up to which overrides are known. */
  get revision(): bigint {
    return this.#cache.revision
  }

  get(service: string, id: string): Override | undefined {
    return this.#services.get(service)?.get(id)
  }

  /** Overrides of the service that cannot be read. */
  problems(service: string): RecordProblem[] {
    return [...this.#problems.values()].filter(
      ({ key }) => key === overridesPrefix || readOverrideKey(key)?.service === service,
    )
  }

  /** Tells of the ids whose overrides change. Returns the function that leaves; with the last, following ends. */
  join(service: string, listener: (ids: ReadonlySet<string>) => void): () => void {
    const listeners = this.#listeners.get(service) ?? new Listeners()
    this.#listeners.set(service, listeners)
    const release = listeners.add(listener)
    return () => {
      release()
      if (listeners.size === 0) this.#listeners.delete(service)
      this.#endIfIdle()
    }
  }

  /** The same for every service. */
  joinAll(listener: (service: string, ids: ReadonlySet<string>) => void): () => void {
    const release = this.#listenersToAll.add(listener)
    return () => {
      release()
      this.#endIfIdle()
    }
  }

  #endIfIdle(): void {
    if (this.#listeners.size + this.#listenersToAll.size > 0) return
    this.#onIdle()
    void this.#cache.close()
  }

  #take({ changes }: CacheChanges): void {
    this.#problems.delete(overridesPrefix)
    const touched = new Map<string, Set<string>>()
    for (const { key, current } of changes) {
      const named = readOverrideKey(key)
      if (named === undefined) continue
      const { service, id } = named
      const { override, problem } = current ? readOverride(current.text()) : {}
      if (current && problem) {
        this.#problems.set(key, { key, message: problem, revision: current.modRevision, isPartial: false })
      } else this.#problems.delete(key)
      this.#set(service, id, override)
      touched.set(service, (touched.get(service) ?? new Set()).add(id))
    }
    for (const [service, ids] of touched) {
      this.#listeners.get(service)?.tell(ids)
      this.#listenersToAll.tell(service, ids)
    }
  }

  #set(service: string, id: string, override: Override | undefined): void {
    const overrides = this.#services.get(service) ?? new Map<string, Override>()
    if (override) overrides.set(id, override)
    else overrides.delete(id)
    if (overrides.size > 0) this.#services.set(service, overrides)
    else this.#services.delete(service)
  }

  #refused(message: string): void {
    this.#problems.set(overridesPrefix, {
      key: overridesPrefix,
      message: `The overrides cannot be read: ${message}`,
      revision: 0n,
      isPartial: false,
    })
  }
}
