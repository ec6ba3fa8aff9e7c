import type { KeyValue } from '@waypost/client'
import { isJobState, type JobState, readRecord } from './records.ts'

/** What is known of a waiting job before anybody wants it: its value is read when it is taken. */
export interface Waiting {
  readonly kv: KeyValue
  readonly order: string
  readonly id: string
  /** On the monotonic clock: before that, another worker is expected to claim it. */
  readonly claimAtMs: number
}

/** A job that is about to be claimed. */
export interface Candidate extends Waiting {
  readonly state: JobState
}

/** Undefined for a value that no process of ours has written. */
export function readCandidate(waiting: Waiting): Candidate | undefined {
  const state = readRecord(waiting.kv.text(), isJobState)
  return state && { ...waiting, state }
}

/** Waiting jobs in their order. */
export class WaitingList {
  #items: Waiting[] = []

  get size(): number {
    return this.#items.length
  }

  /** Returns those that were in it. */
  replace(items: readonly Waiting[]): readonly Waiting[] {
    const before = this.#items
    this.#items = [...items]
    return before
  }

  add(item: Waiting): void {
    const { key } = item.kv
    const index = this.#indexOf(key)
    const isThere = this.#items[index]?.kv.key === key
    this.#items.splice(index, isThere ? 1 : 0, item)
  }

  remove(key: string): void {
    const index = this.#indexOf(key)
    if (this.#items[index]?.kv.key === key) this.#items.splice(index, 1)
  }

  /** Takes out up to `count` that may be claimed now, in their order. */
  take(count: number, nowMs: number): Waiting[] {
    const taken: Waiting[] = []
    const left: Waiting[] = []
    for (const item of this.#items) (taken.length < count && item.claimAtMs <= nowMs ? taken : left).push(item)
    this.#items = left
    return taken
  }

  /** When the first one may be claimed. */
  get nextAtMs(): number | undefined {
    let next: number | undefined
    for (const { claimAtMs } of this.#items) if (next === undefined || claimAtMs < next) next = claimAtMs
    return next
  }

  #indexOf(key: string): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#items[middle]?.kv.key ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
