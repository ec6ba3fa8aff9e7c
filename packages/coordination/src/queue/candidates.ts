import type { KeyValue } from '@waypost/client'
import { isJobState, type JobState, readRecord } from './records.ts'

/** What is known of a waiting job before anybody wants it: its value is read when it is taken. */
export interface Waiting {
  readonly kv: KeyValue
  readonly order: string
  readonly id: string
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

  /** Leaves only `items`, and of those that were in it, the ones for which `stays` is true. */
  replace(items: readonly Waiting[], stays: (item: Waiting) => boolean): void {
    const before = this.#items
    this.#items = [...items]
    for (const item of before) if (stays(item)) this.add(item)
  }

  add(item: Waiting): void {
    const { key } = item.kv
    const index = this.#indexOf(key)
    const isThere = this.#items[index]?.kv.key === key
    this.#items.splice(index, isThere ? 1 : 0, item)
  }

  /** Takes out the first ones. */
  take(count: number): Waiting[] {
    return this.#items.splice(0, count)
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
