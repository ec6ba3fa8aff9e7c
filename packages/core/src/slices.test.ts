import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atOnce, eachInSlices, Slices, sortedInSlices } from './slices.ts'

/** Turns that begin when the test says so, on a clock that the work moves. */
function manual() {
  const log: string[] = []
  const starts: (() => void)[] = []
  const clock = { nowMs: 0 }
  const slices = new Slices({
    later: (start) => starts.push(start),
    nowMs: () => clock.nowMs,
    before: () => log.push('before'),
  })
  const work = function* (name: string, steps: number): Generator<void, string> {
    for (let step = 1; step <= steps; step++) {
      log.push(`${name}${step}`)
      clock.nowMs += 1
      yield
    }
    return name
  }
  const turn = async (): Promise<void> => {
    starts.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { log, slices, work, turn }
}

describe('Slices', () => {
  it('runs one slice in a turn, whoever works, and has things put in order before each', async () => {
    const { log, slices, work, turn } = manual()
    const done = Promise.all([slices.run(work('a', 3)), slices.run(work('b', 2))])
    await turn()
    expect(log).toEqual(['before', 'a1', 'a2'])
    await turn()
    expect(log.slice(3)).toEqual(['before', 'b1', 'b2'])
    for (let count = 0; count < 3; count++) await turn()
    expect(await done).toEqual(['a', 'b'])
    expect(log.slice(6)).toEqual(['before', 'a3', 'before'])
  })

  it('does the same work at once for those who cannot wait', () => {
    const { log, work } = manual()
    expect(atOnce(work('a', 2))).toBe('a')
    expect(log).toEqual(['a1', 'a2'])
  })
})

const byNumber = (a: { readonly n: number }, b: { readonly n: number }): number => a.n - b.n

describe('sortedInSlices', () => {
  it('sorts as Array.sort does, those that are equal as they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 1_000, size: 'max' }), (numbers) => {
        const items = numbers.map((n, index) => ({ n, index }))
        expect(atOnce(sortedInSlices(items, byNumber))).toEqual(items.toSorted(byNumber))
      }),
      { numRuns: 8 },
    )
  })

  it('can be interrupted after a few hundred comparisons', () => {
    const items = Array.from({ length: 8_000 }, (_, index) => ({ n: (index * 7_919) % 20_011 }))
    let comparisons = 0
    let most = 0
    let before = 0
    const work = sortedInSlices(items, (a, b) => {
      comparisons += 1
      return byNumber(a, b)
    })
    for (let step = work.next(); !step.done; step = work.next()) {
      most = Math.max(most, comparisons - before)
      before = comparisons
    }
    expect(most).toBeLessThan(2_500)
  })
})

describe('eachInSlices', () => {
  it('does everything, in order, a few items at a time', () => {
    const done: number[] = []
    let most = 0
    let before = 0
    const work = eachInSlices(Array(1_000).keys(), (item) => done.push(item))
    for (let step = work.next(); !step.done; step = work.next()) {
      most = Math.max(most, done.length - before)
      before = done.length
    }
    expect(done).toEqual([...Array(1_000).keys()])
    expect(most).toBeLessThan(100)
  })
})
