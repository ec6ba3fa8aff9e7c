import { describe, it } from 'vitest'
import { requireOrSkip, startEtcd } from '../src/index.ts'
import { Duel } from './differential/duel.ts'
import { explore } from './differential/explore.ts'
import { Side } from './differential/side.ts'

const long = process.env.WAYPOST_LONG === '1'
const budgetMs = long ? 15 * 60_000 : 12_000
const runs = requireOrSkip('the differential test against etcd', 'etcd')

describe.skipIf(!runs)('the same operations on etcd and etcd', () => {
  it('come to the same', { timeout: budgetMs + 120_000 }, async () => {
    let count = 0
    await explore({
      withRestarts: false,
      budgetMs,
      duel: async (steps) => {
        await using etcd = await startEtcd()
        await using other = await startEtcd()
        const model = await Side.open('etcd', etcd.url)
        const ours = await Side.open('other', other.url)
        try {
          await new Duel(model, ours).run(steps)
          count += steps.length
        } finally {
          await model.close()
          await ours.close()
        }
      },
    })
    console.log('steps', count)
  })
})
