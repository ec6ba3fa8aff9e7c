import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTimeout, parseTimeout } from './grpc-timeout.ts'

describe('grpc-timeout', () => {
  it.each([
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3000],
    ['4m', 4],
    ['5000u', 5],
    ['6000000n', 6],
    ['99999999H', 99_999_999 * 3_600_000],
    ['0m', 0],
  ])('reads %s', (text, ms) => {
    expect(parseTimeout(text)).toBeCloseTo(ms, 9)
  })

  it.each(['', '1', 'm', '-1m', '1x', '1.5S', '123456789m', ' 1m'])('does not read %j', (text) => {
    expect(parseTimeout(text)).toBeUndefined()
  })

  it('never makes the deadline earlier, nor much later', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e13, noNaN: true }), (ms) => {
        const written = formatTimeout(ms)
        expect(written).toMatch(/^\d{1,8}[HMSmun]$/)
        const read = parseTimeout(written) ?? Number.NaN
        expect(read).toBeGreaterThanOrEqual(ms)
        expect(read).toBeLessThanOrEqual(ms + Math.max(1, ms * 0.01))
      }),
    )
  })
})
