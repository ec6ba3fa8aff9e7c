import { expect, test } from 'vitest'
import { goDuration } from './go-duration.ts'

test('times are written as Go writes them', () => {
  expect([4.352577, 0.5, 1_000, 1_500, 121_500].map(goDuration)).toEqual([
    '4.352577ms',
    '0.5ms',
    '1s',
    '1.5s',
    '2m1.5s',
  ])
})
