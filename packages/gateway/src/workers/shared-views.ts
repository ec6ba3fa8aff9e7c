import { type Deferred, deferred } from '@waypost/core'
import type { Instance, ServiceChanges, ServiceView } from '@waypost/registry'
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
  /** The first list has been told. */
  isTold: boolean
}

/** Changes that some readers have not seen yet. */
interface Told {
  readonly unseenBy: Set<ViewReader>
  readonly key: string
  readonly seen: Deferred<void>
}

type PassOn = (changes: ServiceChanges) => Promise<void>

/** One view of the registry per target, for all workers. */
export class SharedViews {
  readonly #open: (target: TargetDescription, passOn: PassOn) => Promise<ServiceView>
  readonly #onError: (error: unknown) => void
  readonly #views = new Map<string, SharedView>()
  readonly #told = new Map<number, Told>()
  #lastId = 0

  constructor(
    open: (target: TargetDescription, passOn: PassOn) => Promise<ServiceView>,
    onError: (error: unknown) => void,
  ) {
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
    if (shared.isTold && shared.view) {
      reader.tell({ type: 'instances', key: target.key, instances: shared.view.instances })
    }
  }

  /** The reader goes by the changes of that id. */
  seen(id: number, reader: ViewReader): void {
    const told = this.#told.get(id)
    if (!told?.unseenBy.delete(reader) || told.unseenBy.size > 0) return
    this.#told.delete(id)
    told.seen.resolve()
  }

  unfollow(key: string, reader: ViewReader): void {
    const shared = this.#views.get(key)
    if (shared === undefined) return
    shared.readers.delete(reader)
    // What it has not seen, it does not go by any more.
    for (const [id, told] of this.#told) if (told.key === key) this.seen(id, reader)
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
    const opened = this.#open(target, (changes) => this.#passOn(shared, changes))
    const shared: SharedView = { target, opened, view: undefined, readers: new Set(), isTold: false }
    opened.then((view) => this.#follow(shared, view)).catch(this.#onError)
    return shared
  }

  async #follow(shared: SharedView, view: ServiceView): Promise<void> {
    shared.view = view
    await view.ready
    shared.isTold = true
    const { key } = shared.target
    for (const reader of shared.readers) reader.tell({ type: 'instances', key, instances: view.instances })
  }

  /** Settles when all readers go by the changes: only then may an instance that has left stop. */
  #passOn({ target: { key }, readers, isTold }: SharedView, changes: ServiceChanges): Promise<void> {
    // Part of the first list.
    if (!isTold || readers.size === 0) return Promise.resolve()
    const { added, changed, removed } = changes
    const id = ++this.#lastId
    const told: Told = { key, unseenBy: new Set(readers), seen: deferred() }
    this.#told.set(id, told)
    const present = [...added, ...changed.map(({ current }) => current)]
    const message: ToWorker = {
      type: 'changes',
      id,
      key,
      present,
      removed: removed.map(({ instance }) => instance.key),
    }
    for (const reader of readers) reader.tell(message)
    return told.seen.promise
  }
}
