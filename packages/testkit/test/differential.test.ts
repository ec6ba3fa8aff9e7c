import { describe, it } from 'vitest'
import { makeTempDir, removeTempDir, requireOrSkip, startEtcd, startStore } from '../src/index.ts'
import { Duel } from './differential/duel.ts'
import { explore } from './differential/explore.ts'
import { Side } from './differential/side.ts'
import type { Step } from './differential/step.ts'

const long = process.env.WAYPOST_LONG === '1'
const budgetMs = long ? 10 * 60_000 : 12_000
const timeout = budgetMs + 60_000
const runs = requireOrSkip('the differential test against etcd', 'etcd')

/** One run of the steps on a fresh etcd and a fresh embedded server. */
async function duel(steps: readonly Step[], dataDir?: string): Promise<void> {
  await using etcd = await startEtcd()
  let server = await startStore({ dataDir })
  const model = await Side.open('etcd', etcd.url)
  const ours = await Side.open('the embedded server', server.url)
  const restart = async (): Promise<void> => {
    await server.close()
    server = await startStore({ dataDir, port: server.port })
  }
  try {
    await new Duel(model, ours, dataDir === undefined ? undefined : restart).run(steps)
  } finally {
    await Promise.all([model.close(), ours.close()])
    await server.close()
  }
}

describe.skipIf(!runs)('the same operations on etcd and on the embedded server come to the same', () => {
  it('in memory', { timeout }, async () => {
    await explore({ withRestarts: false, budgetMs, duel })
  })

  it('durable, with restarts in between', { timeout }, async () => {
    await explore({
      withRestarts: true,
      budgetMs,
      duel: async (steps) => {
        const dataDir = makeTempDir('differential')
        try {
          await duel(steps, dataDir)
        } finally {
          await removeTempDir(dataDir)
        }
      },
    })
  })
})
