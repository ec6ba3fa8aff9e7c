import { expect, it } from 'vitest'
import { FairQueue } from './fair-queue.ts'

it('takes from each line in turn', () => {
  const queue = new FairQueue<string>(10, 10)
  for (const item of ['a1', 'a2', 'a3']) queue.add('a', item)
  queue.add('b', 'b1')
  expect([queue.take(), queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
    'a1',
    'b1',
    'a2',
    'a3',
    undefined,
  ])
  expect(queue.size).toBe(0)
})

it('is full for a line before it is full for all', () => {
  const queue = new FairQueue<string>(3, 2)
  expect(['1', '2', '3'].map((item) => queue.add('a', item))).toEqual([true, true, false])
  expect(['1', '2'].map((item) => queue.add('b', item))).toEqual([true, false])
})

it('forgets who does not wait any more', () => {
  const queue = new FairQueue<string>(10, 10)
  queue.add('a', '1')
  queue.add('a', '2')
  queue.delete('a', '1')
  queue.delete('a', 'never there')
  expect([queue.size, queue.take(), queue.take()]).toEqual([1, '2', undefined])
})
