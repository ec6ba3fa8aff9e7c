import type { KeyValue } from '@waypost/client'
import { readJobOrder } from './job-order.ts'
import { isJobState, type JobState, readRecord } from './records.ts'

/** A job that waits to be claimed. */
export interface Candidate {
  readonly key: string
  readonly order: string
  readonly id: string
  readonly state: JobState
  readonly modRevision: bigint
  /** On the monotonic clock: before that, another worker is expected to claim it. */
  readonly claimAtMs: number
}

/** Undefined for a key that no process of ours has written. */
export function readCandidate(prefix: string, kv: KeyValue, claimAtMs: number): Candidate | undefined {
  const order = kv.key.slice(prefix.length)
  const id = readJobOrder(order)?.id
  const state = readRecord(kv.text(), isJobState)
  if (id === undefined || state === undefined) return undefined
  return { key: kv.key, order, id, state, modRevision: kv.modRevision, claimAtMs }
}

/** Candidates sorted by their order. */
export class CandidateList {
  #items: Candidate[] = []

  get size(): number {
    return this.#items.length
  }

  replace(items: readonly Candidate[]): void {
    this.#items = [...items]
  }

  add(item: Candidate): void {
    const index = this.#indexOf(item.key)
    const isThere = this.#items[index]?.key === item.key
    this.#items.splice(index, isThere ? 1 : 0, item)
  }

  remove(key: string): void {
    const index = this.#indexOf(key)
    if (this.#items[index]?.key === key) this.#items.splice(index, 1)
  }

  /** Takes out up to `count` that may be claimed now, beginning at `from` of those. */
  take(count: number, nowMs: number, from = 0): Candidate[] {
    const due = this.#items.filter(({ claimAtMs }) => claimAtMs <= nowMs)
    const start = from < due.length ? from : 0
    const taken = due.slice(start, start + count)
    if (taken.length < count && start > 0) taken.push(...due.slice(0, Math.min(start, count - taken.length)))
    const keys = new Set(taken.map(({ key }) => key))
    if (keys.size > 0) this.#items = this.#items.filter(({ key }) => !keys.has(key))
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
      if ((this.#items[middle]?.key ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
