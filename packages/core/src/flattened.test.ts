import { expect, it } from 'vitest'
import { flattened } from './flattened.ts'
import { MergingSlot } from './merging-slot.ts'

function slot(): MergingSlot<readonly number[]> {
  return new MergingSlot((waiting, next) => [...waiting, ...next])
}

it('gives the items one by one, in order, and ends with its source', async () => {
  const source = slot()
  source.push([1, 2])
  source.push([])
  source.push([3])
  source.end()
  const items: number[] = []
  for await (const item of flattened(source)) items.push(item)
  expect(items).toEqual([1, 2, 3])
})

it('ends a next() that waits when it is returned', async () => {
  const source = slot()
  const iterator = flattened(source)
  const next = iterator.next()
  await iterator.return?.()
  expect(await next).toEqual({ value: undefined, done: true })
  expect(source.ended).toBe(true)
})
