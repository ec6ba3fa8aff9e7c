import { WaypostError } from '@waypost/core'
import type { Effect } from '../crash/operation.ts'

/**
 * - `pending`: sent, and not answered yet;
 * - `acknowledged`: answered as done;
 * - `unknown`: said to have an unknown outcome, so it may be applied once, now or later, or never;
 * - `refused`: said not to have been applied.
 */
export type Outcome = 'pending' | 'acknowledged' | 'unknown' | 'refused'

/** One write, and what the client said of it. */
export interface Entry {
  /** What makes it recognisable: every value that it writes holds it, and no other write's. */
  readonly token: string
  /** What it does when it is applied. A deletion has an effect only when there is something to delete. */
  readonly effects: readonly Effect[]
  outcome: Outcome
  /** At which revision, once acknowledged. */
  revision: bigint | undefined
  /** At which revision the store's history has it. */
  foundAt: bigint | undefined
}

/** Everything that was asked of the store, with its outcome. */
export class Ledger {
  readonly #entries = new Map<string, Entry>()
  readonly #unsettled = new Set<Entry>()
  /** What a client said or did that no fault explains. */
  readonly complaints: string[] = []

  begin(token: string, effects: readonly Effect[]): Entry {
    const entry: Entry = { token, effects, outcome: 'pending', revision: undefined, foundAt: undefined }
    this.#entries.set(token, entry)
    this.#unsettled.add(entry)
    return entry
  }

  acknowledge(entry: Entry, revision: bigint): void {
    entry.outcome = 'acknowledged'
    entry.revision = revision
  }

  refuse(entry: Entry): void {
    entry.outcome = 'refused'
  }

  fail(entry: Entry, error: unknown): void {
    const code = WaypostError.is(error) ? error.code : undefined
    entry.outcome = code === 'outcome-unknown' ? 'unknown' : 'refused'
    if (code !== 'outcome-unknown' && code !== 'unavailable' && code !== 'deadline-exceeded' && code !== 'closed') {
      this.complaints.push(`${entry.token} failed with ${code ?? error}`)
    }
  }

  find(token: string): Entry | undefined {
    return this.#entries.get(token)
  }

  get acknowledged(): number {
    return this.#count('acknowledged')
  }

  get unknown(): number {
    return this.#count('unknown')
  }

  /** The writes that were acknowledged and have not been found in the history. Forgets what needs no more looking at. */
  missing(): Entry[] {
    for (const entry of this.#unsettled) {
      if (entry.outcome === 'refused' || entry.foundAt !== undefined) this.#unsettled.delete(entry)
    }
    return [...this.#unsettled].filter(({ outcome }) => outcome === 'acknowledged')
  }

  #count(outcome: Outcome): number {
    let count = 0
    for (const entry of this.#entries.values()) if (entry.outcome === outcome) count += 1
    return count
  }
}
