import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, type Rate } from './gcra.ts'

const rate: Rate = { limit: 10, intervalMs: 1_000, burst: 3 }

describe('GCRA', () => {
  test('allows a burst, then one in each spacing', () => {
    let arrival: number | undefined
    const take = (nowMs: number): boolean => {
      const decision = decide(rate, arrival, nowMs, 1)
      arrival = decision.arrivalMs
      return decision.allowed
    }
    expect([take(0), take(0), take(0), take(0)]).toEqual([true, true, true, false])
    expect([take(99), take(100), take(100), take(200)]).toEqual([false, true, false, true])
  })

  test('says how long to wait and how many are left', () => {
    expect(decide(rate, undefined, 0, 1)).toMatchObject({ allowed: true, remaining: 2, retryAfterMs: 0 })
    expect(decide(rate, 300, 0, 1)).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 100 })
    expect(decide(rate, 100, 0, 3)).toMatchObject({ allowed: false, remaining: 2, retryAfterMs: 100 })
  })

  test('a clock that was ahead by an hour stops nobody for longer than a burst', () => {
    expect(decide(rate, 3_600_000, 0, 1).retryAfterMs).toBeLessThanOrEqual(100)
  })

  test('never allows more than the burst and the limit in any window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 5 }),
        (gaps, burst) => {
          let arrival: number | undefined
          let nowMs = 0
          const allowedAt: number[] = []
          for (const gap of gaps) {
            nowMs += gap
            const decision = decide({ ...rate, burst }, arrival, nowMs, 1)
            arrival = decision.arrivalMs
            if (decision.allowed) allowedAt.push(nowMs)
          }
          for (const start of allowedAt) {
            const inWindow = allowedAt.filter((at) => at >= start && at < start + 1_000).length
            expect(inWindow).toBeLessThanOrEqual(rate.limit + burst)
          }
        },
      ),
    )
  })
})
