import { electionOf } from './concerns/elections.ts'
import type { Facts } from './event.ts'

/** What was known at one moment: the events up to then, one after the other, on what was known at the beginning. */
export class TimelineState {
  readonly #known = new Map<string, Facts>()
  /** The candidates of each election. */
  readonly #lines = new Map<string, Set<string>>()

  get size(): number {
    return this.#known.size
  }

  get(key: string): Facts | undefined {
    return this.#known.get(key)
  }

  entries(): IterableIterator<[string, Facts]> {
    return this.#known.entries()
  }

  apply({ key, now }: { readonly key: string; readonly now?: Facts | undefined }): void {
    const was = this.#known.get(key)
    if (now === undefined) this.#known.delete(key)
    else this.#known.set(key, now)
    const election = electionOf(key, now ?? was)
    if (election === undefined) return
    const line = this.#lines.get(election) ?? new Set()
    if (now === undefined) line.delete(key)
    else line.add(key)
    if (line.size === 0) this.#lines.delete(election)
    else this.#lines.set(election, line)
  }

  /** Who stands for an election. */
  candidates(election: string): IterableIterator<string> {
    return (this.#lines.get(election) ?? new Set<string>()).values()
  }
}
