import { describe, expect, it } from 'vitest'
import { requireOrSkip } from '../src/index.ts'
import { Arena } from './differential/arena.ts'
import { explore } from './differential/explore.ts'

const long = process.env.WAYPOST_LONG === '1'
const budgetMs = long ? 10 * 60_000 : 12_000
const timeout = budgetMs + 60_000
const runs = requireOrSkip('the differential test against etcd', 'model')

describe.skipIf(!runs)('the same operations on etcd and on the embedded server come to the same', () => {
  for (const [title, durable] of [
    ['in memory', false],
    ['durable, with restarts in between', true],
  ] as const) {
    it(title, { timeout }, async () => {
      const arena = new Arena({ durable })
      try {
        await explore({ withRestarts: durable, budgetMs, duel: (steps) => arena.run(steps) })
      } finally {
        await arena.close()
      }
      expect(arena.steps).toBeGreaterThan(0)
    })
  }
})
