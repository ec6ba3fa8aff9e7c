import type { Lease } from './lease.ts'

interface Item {
  readonly lease: Lease
  /** When to look at the lease again. It may have been renewed since, and then it goes back in. */
  dueMs: number
}

/**
 * Leases by when they may expire: a binary heap that renewals do not touch. A lease that is due is taken out,
 * and put back when it turns out to have been renewed. So a renewal costs nothing, however many leases there are.
 */
export class ExpiryQueue {
  readonly #heap: Item[] = []

  add(lease: Lease, dueMs: number): void {
    this.#heap.push({ lease, dueMs })
    this.#rise(this.#heap.length - 1)
  }

  /** When the next look is due; undefined when there is nothing to look at. */
  get nextDueMs(): number | undefined {
    return this.#heap[0]?.dueMs
  }

  /** Takes out a lease that has expired at `nowMs`. Revoked ones are dropped, renewed ones moved back. */
  takeExpired(nowMs: number): Lease | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || top.dueMs > nowMs) return undefined
      if (!top.lease.revoked && top.lease.expiresAtMs > nowMs) {
        top.dueMs = top.lease.expiresAtMs
        this.#sink(0)
        continue
      }
      this.#removeTop()
      if (!top.lease.revoked) return top.lease
    }
  }

  clear(): void {
    this.#heap.length = 0
  }

  #removeTop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(start: number): void {
    const heap = this.#heap
    const item = heap[start] as Item
    let index = start
    while (index > 0) {
      const parent = (index - 1) >>> 1
      if ((heap[parent] as Item).dueMs <= item.dueMs) break
      heap[index] = heap[parent] as Item
      index = parent
    }
    heap[index] = item
  }

  #sink(start: number): void {
    const heap = this.#heap
    const item = heap[start] as Item
    let index = start
    for (;;) {
      let child = index * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && (heap[child + 1] as Item).dueMs < (heap[child] as Item).dueMs) child += 1
      if ((heap[child] as Item).dueMs >= item.dueMs) break
      heap[index] = heap[child] as Item
      index = child
    }
    heap[index] = item
  }
}
