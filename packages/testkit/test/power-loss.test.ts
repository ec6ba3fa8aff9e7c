import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { recordSkip } from '../src/etcd/require-or-skip.ts'
import { CrashRun } from './crash/crash-run.ts'
import { seededRandom } from './crash/seeded-random.ts'
import { interceptFileCalls } from './power-loss/file-calls.ts'
import { PowerCutServer } from './power-loss/power-cut-server.ts'

const long = process.env.WAYPOST_LONG === '1'
const rounds = long ? 400 : 10
const roundsPerDirectory = long ? 20 : 5
const runs = process.platform === 'linux'
if (!runs) recordSkip('loss of power', 'it finds files by their descriptors in /proc, which is Linux’s')

describe.skipIf(!runs)('loss of power under load', () => {
  beforeAll(interceptFileCalls)

  it('loses nothing that was acknowledged or shown', { timeout: 60_000 + rounds * 5_000 }, async () => {
    const seed = Number(process.env.WAYPOST_SEED ?? randomInt(2 ** 31))
    const random = seededRandom(seed)
    let kept = 0
    for (let done = 0; done < rounds; done += roundsPerDirectory) {
      const run = await roundsOf(new PowerCutServer(random), random, roundsPerDirectory).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new Error(`In directory ${done / roundsPerDirectory}, WAYPOST_SEED=${seed}: ${reason}`, { cause })
      })
      kept += run.kept
    }
    expect(kept).toBeGreaterThan(rounds * 5)
  })

  it('in the first start leaves a directory that can be started', async () => {
    const random = seededRandom(randomInt(2 ** 31))
    for (let attempt = 0; attempt < (long ? 300 : 12); attempt++) {
      const server = new PowerCutServer(random)
      try {
        await server.launch()
        await sleep(random() * 40)
        await server.crash()
        await server.launch()
        await server.serving()
      } finally {
        await server.close()
      }
    }
  })

  it('finds out a disk that reports syncs which it has not done', async () => {
    const random = seededRandom(7)
    await expect(roundsOf(new PowerCutServer(random, { isHonest: false }), random, 10)).rejects.toThrow(
      /went back|there is nothing|is gone|not there any more|damaged|missing/,
    )
  })
})

async function roundsOf(server: PowerCutServer, random: () => number, count: number): Promise<CrashRun> {
  try {
    const run = new CrashRun(server, random)
    await run.begin()
    for (let round = 0; round < count; round++) await run.round()
    return run
  } finally {
    await server.close()
  }
}
