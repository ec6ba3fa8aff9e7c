import { describe, expect, test } from 'vitest'
import { AddTimes, jobOrder, turnOf } from './job-order.ts'

function ordersAt(times: AddTimes, moments: readonly number[]): string[] {
  return moments.map((nowMs, index) => {
    const { addedAtMs, sequence } = times.next(nowMs)
    return jobOrder({ priority: 0, addedAtMs, id: String(index) }, sequence)
  })
}

describe('the order of jobs', () => {
  test('is that of adding, whatever the clock does and however many come at once', () => {
    // It begins close to the end, and goes on from the beginning.
    const times = new AddTimes(() => 0.999_999)
    const orders = ordersAt(times, [1_000, 1_000, 1_000, 1_001, 900, 2_000, 1_999])
    expect([...orders].sort()).toEqual(orders)
    expect(new Set(orders).size).toBe(orders.length)
  })

  test('deals what is added in one go out evenly, a chunk at a time', () => {
    const orders = ordersAt(new AddTimes(() => 0), Array(40).fill(1_000))
    const byWorker = (chunk: number): number[] => {
      const turns = orders.map((order) => turnOf(order, chunk) % 4)
      return [0, 1, 2, 3].map((worker) => turns.filter((turn) => turn === worker).length)
    }
    expect(byWorker(1)).toEqual([10, 10, 10, 10])
    expect(byWorker(10)).toEqual([10, 10, 10, 10])
    expect(new Set(orders.slice(0, 10).map((order) => turnOf(order, 10))).size).toBe(1)
  })

  test('begins anywhere when something is added now and then', () => {
    let random = 0
    const times = new AddTimes(() => (random += 0.123_457))
    const turns = ordersAt(times, [1_000, 2_000, 3_000, 4_000]).map((order) => turnOf(order, 25) % 4)
    expect(new Set(turns).size).toBeGreaterThan(1)
  })
})
