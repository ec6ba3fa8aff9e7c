import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Backoff } from './backoff.ts'

describe('Backoff', () => {
  it('doubles its bound up to the maximum', () => {
    const backoff = new Backoff({ initialMs: 100, maxMs: 1000, random: () => 0.999_999 })
    expect([1, 2, 3, 4, 5, 6].map(() => Math.round(backoff.nextMs()))).toEqual([100, 200, 400, 800, 1000, 1000])
  })

  it('starts over after a success', () => {
    const backoff = new Backoff({ initialMs: 100, random: () => 0 })
    backoff.nextMs()
    backoff.nextMs()
    backoff.reset()
    expect(backoff.attempt).toBe(0)
    expect(backoff.nextMs()).toBe(50)
  })

  it('spreads each delay between half the bound and the bound, however often it is asked', () => {
    fc.assert(
      fc.property(
        fc.float({ min: 0, max: Math.fround(0.999), noNaN: true }),
        fc.nat({ max: 2000 }),
        (random, attempts) => {
          const backoff = new Backoff({ initialMs: 10, maxMs: 500, random: () => random })
          let last = 0
          for (let attempt = 0; attempt <= attempts; attempt++) last = backoff.nextMs()
          const bound = Math.min(500, 10 * 2 ** attempts)
          expect(last).toBeGreaterThanOrEqual(bound / 2)
          expect(last).toBeLessThanOrEqual(bound)
        },
      ),
      { numRuns: 50 },
    )
  })
})
