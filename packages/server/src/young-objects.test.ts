import { getHeapSpaceStatistics } from 'node:v8'
import { expect, it } from 'vitest'
import { collectYoungObjects } from './young-objects.ts'

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_used_size ?? 0
}

it('collects young objects once there are enough of them, and leaves few alone', () => {
  const kept: object[] = []
  for (let before = 0; youngBytes() < 2_200_000 || youngBytes() < before; before = youngBytes())
    for (let count = 0; count < 100; count++) kept.push({ count, text: String(kept.length) })
  const many = youngBytes()
  collectYoungObjects()
  expect(youngBytes()).toBeLessThan(many)

  for (let round = 0; round < 3; round++) collectYoungObjects()
  const few = youngBytes()
  expect(few).toBeLessThan(2 * 1024 * 1024)
  collectYoungObjects()
  expect(youngBytes()).toBeGreaterThanOrEqual(few)
})
