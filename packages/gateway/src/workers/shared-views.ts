import type { Instance, ServiceView } from '@waypost/registry'
import type { TargetDescription, ToWorker } from './messages.ts'

/** Whoever is told of instances. */
export interface ViewReader {
  tell(message: ToWorker): void
}

interface SharedView {
  readonly target: TargetDescription
  readonly opened: Promise<ServiceView>
  view: ServiceView | undefined
  readonly readers: Set<ViewReader>
}

/** One view of the registry per target, for all workers. */
export class SharedViews {
  readonly #open: (target: TargetDescription) => Promise<ServiceView>
  readonly #onError: (error: unknown) => void
  readonly #views = new Map<string, SharedView>()

  constructor(open: (target: TargetDescription) => Promise<ServiceView>, onError: (error: unknown) => void) {
    this.#open = open
    this.#onError = onError
  }

  get all(): { readonly target: TargetDescription; readonly view: ServiceView | undefined }[] {
    return [...this.#views.values()]
  }

  follow(target: TargetDescription, reader: ViewReader): void {
    let shared = this.#views.get(target.key)
    if (shared === undefined) {
      shared = this.#start(target)
      this.#views.set(target.key, shared)
    }
    shared.readers.add(reader)
    if (shared.view?.isReady === true) {
      reader.tell({ type: 'instances', key: target.key, instances: shared.view.instances })
    }
  }

  unfollow(key: string, reader: ViewReader): void {
    const shared = this.#views.get(key)
    if (shared === undefined) return
    shared.readers.delete(reader)
    if (shared.readers.size > 0) return
    this.#views.delete(key)
    void shared.opened.then((view) => view.close()).catch(this.#onError)
  }

  leave(reader: ViewReader): void {
    for (const key of [...this.#views.keys()]) this.unfollow(key, reader)
  }

  report(key: string, instance: Instance, result: 'ok' | 'failed' | 'unreachable' | 'abandoned'): void {
    this.#views.get(key)?.view?.report(instance, { result })
  }

  async close(): Promise<void> {
    const all = [...this.#views.values()]
    this.#views.clear()
    await Promise.allSettled(all.map(async ({ opened }) => (await opened).close()))
  }

  #start(target: TargetDescription): SharedView {
    const shared: SharedView = { target, opened: this.#open(target), view: undefined, readers: new Set() }
    shared.opened.then((view) => this.#follow(shared, view)).catch(this.#onError)
    return shared
  }

  async #follow(shared: SharedView, view: ServiceView): Promise<void> {
    shared.view = view
    const { key } = shared.target
    const changes = view.changes()
    await view.ready
    for (const reader of shared.readers) reader.tell({ type: 'instances', key, instances: view.instances })
    for await (const { added, changed, removed } of changes) {
      const present = [...added, ...changed.map(({ current }) => current)]
      const message: ToWorker = { type: 'changes', key, present, removed: removed.map(({ instance }) => instance.key) }
      for (const reader of shared.readers) reader.tell(message)
    }
  }
}
