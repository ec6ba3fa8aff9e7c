import type { EtcdClient } from '@waypost/client'
import { type Instance, type Registry, type ServiceChanges, type ServiceView, servicePrefix } from '@waypost/registry'
import type { LiveSource, MissedChanges } from '../../operation/live-source.ts'
import { instanceJson } from './instance-schema.ts'

/** What becomes of a service, as the events of its streams say it. */
function changeJson(changes: Pick<ServiceChanges, 'revision'> & InstanceChanges): object {
  const { added, changed, removed } = changes
  return {
    revision: String(changes.revision),
    added: added.map(instanceJson),
    changed: changed.map(instanceJson),
    removed: removed.map(({ id, reason }) => ({ id, reason })),
  }
}

interface InstanceChanges {
  readonly added: readonly Instance[]
  readonly changed: readonly Instance[]
  /** Without a reason when it was not seen. */
  readonly removed: readonly { readonly id: string; readonly reason: string | undefined }[]
}

export interface ServiceSourceParts {
  readonly etcd: EtcdClient
  readonly registry: Registry
  readonly view: ServiceView
  /** Which of the instances are shown. */
  readonly shows: (instance: Instance) => boolean
  /** Which part of the list `read` gives; all of it without a limit. */
  readonly page: { readonly limit: number | undefined; readonly cursor: string | undefined }
}

/** A service that is followed, for `names.list`. */
export class ServiceSource implements LiveSource {
  readonly #parts: ServiceSourceParts
  #revision: bigint

  constructor(parts: ServiceSourceParts) {
    this.#parts = parts
    this.#revision = parts.view.revision
  }

  get revision(): bigint {
    return this.#revision
  }

  get staleSince(): Date | undefined {
    return this.#parts.view.staleSince
  }

  read(): object {
    const { view, page } = this.#parts
    const rest = this.#shown(view.instances).filter(({ id }) => page.cursor === undefined || id > page.cursor)
    const shown = page.limit === undefined ? rest : rest.slice(0, page.limit)
    const next = shown.length < rest.length ? shown.at(-1)?.id : undefined
    return { service: view.service, instances: shown.map(instanceJson), next }
  }

  onChange(listener: (change: { revision: bigint; data: unknown } | 'stale') => void): () => void {
    const { view } = this.#parts
    const releaseChanges = view.onChange((changes) => {
      const shown = this.#shownChanges(changes)
      // An operator's word has a revision of its own, which may come after a later one of the instances.
      if (changes.revision > this.#revision) this.#revision = changes.revision
      if (shown !== undefined) {
        listener({ revision: this.#revision, data: changeJson({ ...shown, revision: this.#revision }) })
      }
    })
    const releaseStale = view.onStale(() => listener('stale'))
    return () => {
      releaseChanges()
      releaseStale()
    }
  }

  async changesSince(since: bigint, signal: AbortSignal): Promise<MissedChanges> {
    const { registry, view } = this.#parts
    const then = await registry.instances(view.service, { revision: since, signal })
    const before = new Map(this.#shown(then.instances).map((instance) => [instance.id, instance]))
    // Read after the answer, and without waiting: this is the state that the changes lead to.
    const now = this.#shown(view.instances)
    const revision = this.#revision
    if (since > revision) return { revision: since, changes: [] }
    const added = now.filter(({ id }) => !before.has(id))
    const changed = now.filter((instance) => isOther(before.get(instance.id), instance))
    const present = new Set(now.map(({ id }) => id))
    const removed = [...before.keys()].filter((id) => !present.has(id)).map((id) => ({ id, reason: undefined }))
    if (added.length + changed.length + removed.length === 0) return { revision, changes: [] }
    return { revision, changes: [{ revision, data: changeJson({ revision, added, changed, removed }) }] }
  }

  async recheck(signal: AbortSignal): Promise<void> {
    const { etcd, view } = this.#parts
    await etcd.kv.range({ prefix: servicePrefix(view.service) }, { limit: 1, keysOnly: true, signal })
  }

  async close(): Promise<void> {
    await this.#parts.view.close()
  }

  #shown(instances: readonly Instance[]): Instance[] {
    return instances.filter(this.#parts.shows)
  }

  /** `undefined`: nothing that is shown has changed. */
  #shownChanges({ added, changed, removed }: ServiceChanges): InstanceChanges | undefined {
    const { shows } = this.#parts
    const entered = changed.filter(({ current, previous }) => shows(current) && !shows(previous))
    const left = changed.filter(({ current, previous }) => !shows(current) && shows(previous))
    const result = {
      added: [...added.filter(shows), ...entered.map(({ current }) => current)],
      changed: changed
        .filter(({ current, previous }) => shows(current) && shows(previous))
        .map(({ current }) => current),
      removed: [
        ...removed
          .filter(({ instance }) => shows(instance))
          .map(({ instance, reason }) => ({ id: instance.id, reason })),
        ...left.map(({ current }) => ({
          id: current.id,
          reason: current.status === 'leaving' ? 'left' : current.status,
        })),
      ],
    }
    return result.added.length + result.changed.length + result.removed.length === 0 ? undefined : result
  }
}

function isOther(before: Instance | undefined, now: Instance): boolean {
  return before !== undefined && JSON.stringify(instanceJson(before)) !== JSON.stringify(instanceJson(now))
}
