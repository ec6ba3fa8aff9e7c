import { deferred, MergingSlot } from '@waypost/core'
import type { CallResult, Instance, Outcome, PickOptions } from '@waypost/registry'
import { LoadBalancer, resolveBalance } from '@waypost/registry/balance'
import type { TargetView, ViewChanges } from '../upstream/target-view.ts'
import type { TargetDescription } from './messages.ts'

/** The instances of a target as the primary process sees them, balanced here. */
export class RemoteView implements TargetView {
  readonly staleSince = undefined
  readonly #balancer: LoadBalancer
  readonly #ready = deferred()
  readonly #instances = new Map<string, Instance>()
  readonly #slot = new MergingSlot<ViewChanges>(merge)
  readonly #onOutcome: (instance: Instance, result: CallResult) => void
  readonly #onClose: () => void
  #list: readonly Instance[] | undefined
  #isReady = false

  constructor(
    { balance }: TargetDescription,
    zone: string | undefined,
    onOutcome: (instance: Instance, result: CallResult) => void,
    onClose: () => void,
  ) {
    this.#balancer = new LoadBalancer(resolveBalance({ zone, ...balance }, 'peak-ewma'))
    this.#onOutcome = onOutcome
    this.#onClose = onClose
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get instances(): readonly Instance[] {
    this.#list ??= [...this.#instances.values()]
    return this.#list
  }

  /** All that there are: the first list, or the list after the primary was replaced. */
  setAll(instances: readonly Instance[]): void {
    const keys = new Set(instances.map(({ key }) => key))
    this.apply(
      instances,
      [...this.#instances.keys()].filter((key) => !keys.has(key)),
    )
    this.#isReady = true
    this.#ready.resolve()
  }

  apply(present: readonly Instance[], removed: readonly string[]): void {
    const gone: { instance: Instance }[] = []
    const changed: { previous: Instance; current: Instance }[] = []
    for (const key of removed) {
      const instance = this.#instances.get(key)
      if (instance === undefined) continue
      gone.push({ instance })
      this.#instances.delete(key)
      this.#balancer.delete(key)
    }
    for (const current of present) {
      const previous = this.#instances.get(current.key)
      if (previous !== undefined) changed.push({ previous, current })
      this.#instances.set(current.key, current)
      if (this.#isReady) this.#balancer.set(current)
      else this.#balancer.load(current)
    }
    this.#list = undefined
    this.#slot.push({ removed: gone, changed })
  }

  pick(options?: PickOptions): Instance | undefined {
    return this.#balancer.pick(options)
  }

  begin(instance: Instance): void {
    this.#balancer.begin(instance)
  }

  end(instance: Instance, outcome: Outcome): void {
    this.#balancer.end(instance, outcome)
    if (outcome.result === 'unreachable' || (instance.suspect && outcome.result === 'ok')) {
      this.#onOutcome(instance, outcome.result)
    }
  }

  changes(): AsyncIterable<ViewChanges> {
    return this.#slot
  }

  async close(): Promise<void> {
    this.#balancer.close()
    this.#slot.end()
    this.#onClose()
  }
}

function merge(first: ViewChanges, second: ViewChanges): ViewChanges {
  return { removed: [...first.removed, ...second.removed], changed: [...first.changed, ...second.changed] }
}
