import { expect, test } from 'vitest'
import { type Renewal, RenewalRequest } from './renewal.ts'
import { RenewalQueue } from './renewal-queue.ts'

function renewalOf(id: bigint): Renewal {
  return {
    request: new RenewalRequest(id),
    sentAtMs: 0,
    abandoned: false,
    next: undefined,
    onAnswer: () => {},
    onError: () => {},
  }
}

test('assigns an answer to the first renewal of its lease', () => {
  const queue = new RenewalQueue()
  const [a, b, again, c] = [1n, 2n, 1n, 3n].map(renewalOf)
  for (const renewal of [a, b, again, c]) if (renewal !== undefined) queue.add(renewal)
  expect(queue.take(2n)).toBe(b)
  expect(queue.take(1n)).toBe(a)
  expect(queue.take(9n)).toBeUndefined()
  expect([...queue]).toEqual([again, c])
  expect(queue.take(3n)).toBe(c)
  const last = renewalOf(4n)
  queue.add(last)
  expect(queue.take(1n)).toBe(again)
  queue.remove(last)
  expect(queue.isEmpty).toBe(true)
  expect(queue.clear()).toEqual([])
})
