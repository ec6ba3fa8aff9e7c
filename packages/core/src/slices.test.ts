import { describe, expect, it } from 'vitest'
import { atOnce, Slices } from './slices.ts'

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
