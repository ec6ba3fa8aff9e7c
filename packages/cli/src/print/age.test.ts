import { expect, test } from 'vitest'
import { age } from './age.ts'

test.each([
  [-5_000, '0 s'],
  [999, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [7_199_999, '1 h'],
  [86_400_000 * 400, '400 d'],
])('%i ms is %s', (ms, text) => {
  expect(age(ms)).toBe(text)
})
