import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CrashRun } from './crash/crash-run.ts'
import { seededRandom } from './crash/seeded-random.ts'
import { ServerProcess } from './crash/server-process.ts'

const long = process.env.WAYPOST_LONG === '1'
const rounds = long ? 300 : 8
/** Whether the data directory of a failure outlives the test. */
const keepsEvidence = process.env.WAYPOST_KEEP === '1'
/** A new data directory now and then, so that young ones crash too. */
const roundsPerDirectory = long ? 30 : 4

describe('kill -9 under load', () => {
  it('loses nothing that was acknowledged or shown', { timeout: 60_000 + rounds * 5_000 }, async () => {
    const seed = Number(process.env.WAYPOST_SEED ?? randomInt(2 ** 31))
    const random = seededRandom(seed)
    let kept = 0
    for (let done = 0; done < rounds; done += roundsPerDirectory) {
      const server = ServerProcess.create()
      try {
        const run = new CrashRun(server, random)
        await run.begin()
        for (let round = 0; round < roundsPerDirectory; round++) {
          await run.round().catch((cause: unknown) => {
            const reason = cause instanceof Error ? cause.message : String(cause)
            const kept = keepsEvidence ? ` The data is in ${server.keepEvidence()}.` : ''
            throw new Error(
              `In round ${round} of directory ${done / roundsPerDirectory}, WAYPOST_SEED=${seed}: ${reason}${kept}`,
              { cause },
            )
          })
        }
        kept += run.kept
      } finally {
        await server.close()
      }
    }
    expect(kept).toBeGreaterThan(rounds * 5)
  })
})
