import { describe, expect, it } from 'vitest'
import { Slices } from './slices.ts'
import { WorkLine } from './work-line.ts'

/** Turns of an event loop that the test goes through by hand, and a clock that work moves on. */
class Loop {
  nowMs = 0
  readonly log: string[] = []
  #turns: (() => void)[] = []
  readonly slices = new Slices({ later: (start) => this.#turns.push(start), nowMs: () => this.nowMs, keysAtOnce: 10 })

  line(onIdle?: () => void): WorkLine {
    return new WorkLine(this.slices, onIdle && { onIdle })
  }

  /** Work of so many milliseconds. */
  *work(name: string, ms: number): Generator<void, void> {
    for (let step = 0; step < ms; step++) {
      this.log.push(name)
      this.nowMs += 1
      yield
    }
  }

  async run(): Promise<string> {
    while (this.#turns.length > 0) {
      const turns = this.#turns
      this.#turns = []
      this.log.push('|')
      for (const turn of turns) {
        turn()
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    return this.log.join('')
  }
}

describe('WorkLine', () => {
  it('does short work at once, and what comes behind long work after it', async () => {
    const loop = new Loop()
    const line = loop.line(() => loop.log.push('.'))
    line.do(1, () => loop.work('a', 1))
    line.do(11, () => loop.work('b', 3))
    line.do(1, () => {
      loop.log.push('c')
    })
    expect(loop.log.join('')).toBe('a')
    expect(line.isIdle).toBe(false)
    const idle = line.whenIdle()
    expect(await loop.run()).toBe('a|bb|bc.')
    await idle
    expect(line.isIdle).toBe(true)
  })

  it('shares the turns of the event loop with other lines: one slice of one line in each', async () => {
    const loop = new Loop()
    for (const name of ['a', 'b', 'c']) loop.line().do(11, () => loop.work(name, 4))
    expect(await loop.run()).toMatch(/^\|aa\|bb\|cc\|aa\|bb\|cc/)
  })

  it('puts off short work when a turn has had a slice of it', async () => {
    const loop = new Loop()
    const lines = Array.from({ length: 5 }, () => loop.line())
    for (const line of lines) line.do(1, () => loop.work('s', 1))
    expect(loop.log.join('')).toBe('ss')
    expect((await loop.run()).replaceAll('|', '')).toBe('sssss')
  })

  it('does nothing more once it is closed', async () => {
    const loop = new Loop()
    const line = loop.line(() => loop.log.push('idle'))
    line.do(11, () => loop.work('a', 9))
    const idle = line.whenIdle()
    line.close()
    line.do(1, () => loop.work('b', 1))
    expect(await loop.run()).not.toMatch(/[ab]/)
    await idle
  })
})
