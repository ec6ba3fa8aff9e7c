import type { Cache, CacheChange, CacheChanges, EtcdClient } from '@waypost/client'
import type { WaypostError } from '@waypost/core'
import type { Instance, RecordProblem } from './instance.ts'
import { servicePrefix } from './keys.ts'
import { readInstance } from './read-instance.ts'
import type { Delta } from './service-changes.ts'

/** What changed in a service at one revision, before any view's filter. */
export interface FollowedChanges {
  readonly revision: bigint
  readonly deltas: ReadonlyMap<string, Delta>
  readonly unreadable: readonly RecordProblem[]
}

/** A live copy of one service's instances, parsed once and shared by all views of the process. */
export class ServiceFollower {
  readonly service: string
  readonly #cache: Cache
  readonly #instances = new Map<string, Instance>()
  readonly #problems = new Map<string, RecordProblem>()
  readonly #listeners = new Set<(changes: FollowedChanges) => void>()
  readonly #onIdle: () => void

  constructor(etcd: EtcdClient, service: string, onIdle: () => void) {
    this.service = service
    this.#onIdle = onIdle
    this.#cache = etcd.cache({ prefix: servicePrefix(service) }, { timeoutMs: Number.POSITIVE_INFINITY })
    this.#cache.onChange((changes) => this.#take(changes))
  }

  get ready(): Promise<void> {
    return this.#cache.ready
  }

  get isReady(): boolean {
    return this.#cache.isReady
  }

  get revision(): bigint {
    return this.#cache.revision
  }

  get staleSince(): Date | undefined {
    return this.#cache.staleSince
  }

  get lastError(): WaypostError | undefined {
    return this.#cache.lastError
  }

  get instances(): Iterable<Instance> {
    return this.#instances.values()
  }

  get problems(): Iterable<RecordProblem> {
    return this.#problems.values()
  }

  /** Returns the function that leaves. When the last has left, the copy is given up. */
  join(listener: (changes: FollowedChanges) => void): () => Promise<void> {
    this.#listeners.add(listener)
    return async () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return
      this.#onIdle()
      await this.#cache.close()
    }
  }

  #take({ changes, revision }: CacheChanges): void {
    const deltas = new Map<string, Delta>()
    const unreadable: RecordProblem[] = []
    for (const change of changes) {
      const { key } = change
      const before = this.#instances.get(key)
      const { instance: after, problem } = this.#read(change)
      if (after) this.#instances.set(key, after)
      else this.#instances.delete(key)
      if (problem) {
        this.#problems.set(key, problem)
        unreadable.push(problem)
      } else this.#problems.delete(key)
      if (before !== after) deltas.set(key, { before, after, reason: reasonOf(before, problem) })
    }
    if (deltas.size + unreadable.length === 0) return
    for (const listener of this.#listeners) listener({ revision, deltas, unreadable })
  }

  #read({ key, current }: CacheChange): { readonly instance?: Instance; readonly problem?: RecordProblem } {
    if (current === undefined) return {}
    const { instance, problem } = readInstance(key, current.bytes, current.modRevision)
    return instance
      ? { instance }
      : { problem: Object.freeze({ key, message: problem, revision: current.modRevision }) }
  }
}

function reasonOf(before: Instance | undefined, problem: RecordProblem | undefined): Delta['reason'] {
  if (problem) return 'unreadable'
  return before?.status === 'leaving' ? 'left' : 'expired'
}
