import type { Renewal } from './renewal.ts'

/** Renewals in the order in which they were asked for, which is the order in which a store answers them. */
export class RenewalQueue implements Iterable<Renewal> {
  #first: Renewal | undefined
  #last: Renewal | undefined

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  /** A renewal is in one queue at most, once. */
  add(renewal: Renewal): void {
    renewal.next = undefined
    if (this.#last === undefined) this.#first = renewal
    else this.#last.next = renewal
    this.#last = renewal
  }

  /** Takes out the renewal that an answer about this lease is for: the first one of it. */
  take(id: bigint): Renewal | undefined {
    for (const renewal of this) {
      if (renewal.request.id !== id) continue
      this.remove(renewal)
      return renewal
    }
    return undefined
  }

  remove(renewal: Renewal): void {
    let before: Renewal | undefined
    let at = this.#first
    while (at !== undefined && at !== renewal) {
      before = at
      at = at.next
    }
    if (at === undefined) return
    if (before === undefined) this.#first = at.next
    else before.next = at.next
    if (this.#last === at) this.#last = before
    at.next = undefined
  }

  /** Empties the queue, and returns what was in it. */
  clear(): Renewal[] {
    const all = [...this]
    this.#first = undefined
    this.#last = undefined
    return all
  }

  *[Symbol.iterator](): Iterator<Renewal> {
    for (let at = this.#first; at !== undefined; ) {
      const { next } = at
      yield at
      at = next
    }
  }
}
