import { expect, test } from 'vitest'
import { heldInstances, type SeenChange } from './held-instances.ts'

const lost = (key: string, atMs: number): SeenChange => ({
  key,
  address: `${key}:1`,
  atMs,
  became: 'lost',
  wasUp: true,
})
const up = (key: string, atMs: number, address = `${key}:1`): SeenChange => ({
  key,
  address,
  atMs,
  became: 'up',
  wasUp: false,
})

test('those that were lost together are held, and say since when and until when', () => {
  const changes = [lost('a', 1_000), lost('b', 3_000)]
  expect([...heldInstances(changes, 6, 5_000)]).toEqual([
    ['a', { sinceMs: 1_000, untilMs: 301_000 }],
    ['b', { sinceMs: 3_000, untilMs: 303_000 }],
  ])
})

test.each([
  ['one alone', [lost('a', 1_000)], 9, 5_000],
  ['few of many', [lost('a', 1_000), lost('b', 1_000)], 98, 5_000],
  ['one now and then', [lost('a', 1_000), lost('b', 60_000)], 2, 61_000],
  ['what is held no longer', [lost('a', 1_000), lost('b', 1_000)], 2, 400_000],
  ['those that left', [{ ...lost('a', 1_000), became: 'gone' as const }, lost('b', 1_000)], 2, 5_000],
  ['those that came back', [lost('a', 1_000), lost('b', 1_000), up('a', 2_000), up('b', 2_000)], 4, 20_000],
  ['one of two whose address has a new record', [lost('a', 1_000), up('c', 1_100, 'a:1'), lost('b', 1_200)], 2, 20_000],
] as const)('holds not: %s', (_, changes, upNow, nowMs) => {
  expect(heldInstances(changes, upNow, nowMs).size).toBe(0)
})
