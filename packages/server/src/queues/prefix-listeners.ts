import type { AppliedBatch, MvccEvent } from '../mvcc/event.ts'

interface Source {
  onApplied(listener: (batch: AppliedBatch) => void): () => void
}

export type PrefixListener = (event: MvccEvent) => void

/** Listeners for the changes below prefixes that end in a slash. Costs writers nothing while nobody listens. */
export class PrefixListeners {
  readonly #source: Source
  readonly #listeners = new Map<string, Set<PrefixListener>>()
  #detach: (() => void) | undefined

  constructor(source: Source) {
    this.#source = source
  }

  /** @param prefix a latin1 string */
  add(prefix: string, listener: PrefixListener): () => void {
    const listeners = this.#listeners.get(prefix)
    if (listeners) listeners.add(listener)
    else this.#listeners.set(prefix, new Set([listener]))
    this.#detach ??= this.#source.onApplied((batch) => this.#applied(batch))
    return () => this.#remove(prefix, listener)
  }

  #remove(prefix: string, listener: PrefixListener): void {
    const listeners = this.#listeners.get(prefix)
    listeners?.delete(listener)
    if (listeners?.size === 0) this.#listeners.delete(prefix)
    if (this.#listeners.size > 0) return
    this.#detach?.()
    this.#detach = undefined
  }

  #applied(batch: AppliedBatch): void {
    for (const event of batch.events) {
      for (let end = event.key.indexOf('/') + 1; end > 0; end = event.key.indexOf('/', end) + 1) {
        const listeners = this.#listeners.get(event.key.slice(0, end))
        if (listeners) for (const listener of [...listeners]) listener(event)
      }
    }
  }
}
