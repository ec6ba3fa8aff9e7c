import { AsyncLocalStorage } from 'node:async_hooks'
import { WaypostError } from '@waypost/core'

/** One lock of an async context, and the ones around it. */
interface Entry {
  readonly names: readonly string[]
  readonly outer: Entry | undefined
  state: HeldState
}

/** `waiting`: for the lock; `held`; `released`: or lost, or never had. */
export type HeldState = 'waiting' | 'held' | 'released'

/**
 * Knows which locks the present async context holds, so that it is told when it asks for one of them again. It would
 * wait for itself.
 */
export class HeldLocks {
  readonly #storage = new AsyncLocalStorage<Entry>()

  /** Throws `failed-precondition` when this context holds one of the locks. */
  check(names: readonly string[]): void {
    for (let entry = this.#storage.getStore(); entry; entry = entry.outer) {
      const again = entry.state === 'held' ? names.find((name) => entry?.names.includes(name)) : undefined
      if (again === undefined) continue
      throw new WaypostError(
        'failed-precondition',
        `The lock ${JSON.stringify(again)} is already held in this async context: waiting for it here would never end. ` +
          'Pass on the lock that you hold, or release it first.',
      )
    }
  }

  /** Runs `work` as the holder. */
  async run<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const entry: Entry = { names, outer: this.#storage.getStore(), state: 'held' }
    try {
      return await this.#storage.run(entry, work)
    } finally {
      entry.state = 'released'
    }
  }

  /**
   * Makes the caller's own context the holder of what it is about to wait for. To be called before the first `await`,
   * as only then the context is still the caller's.
   */
  enter(names: readonly string[]): { state: HeldState } {
    const entry: Entry = { names, outer: unreleased(this.#storage.getStore()), state: 'waiting' }
    this.#storage.enterWith(entry)
    return entry
  }
}

/** Leaves out what was released, so that a context that lives for long does not grow. */
function unreleased(entry: Entry | undefined): Entry | undefined {
  let kept = entry
  while (kept?.state === 'released') kept = kept.outer
  return kept
}
