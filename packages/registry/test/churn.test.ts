import { readInstance } from '@waypost/registry'
import { Stopwatch, stores, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { eachOn, type Processes } from './processes.test-support.ts'

const isLong = process.env.WAYPOST_LONG !== undefined
const size = isLong
  ? { churners: 10, instances: 20, viewers: 5, views: 10, rounds: 20, roundMs: 3_000, ttlSeconds: 10 }
  : { churners: 2, instances: 20, viewers: 1, views: 10, rounds: 2, roundMs: 300, ttlSeconds: 10 }
const flavours = stores().filter(
  ({ name, canRun }) => name === 'embedded-durable' || (isLong && name === 'etcd-1' && canRun('churn')),
)

describe.each(flavours)('instances that come and go at random on $name', (flavour) => {
  let on: Processes
  eachOn(flavour, (processes) => {
    on = processes
  })

  it('are seen by every consumer as they stand in the store, whenever it is quiet', async () => {
    const { client } = on
    const { instances, views, ttlSeconds } = size
    const churners = await Promise.all(
      Array.from({ length: size.churners }, (_, index) =>
        on.churner({ prefix: `p${index}`, seed: index + 7, instances, ttlSeconds }),
      ),
    )
    const viewers = await Promise.all(Array.from({ length: size.viewers }, () => on.viewers({ views })))

    /** What every view is to show: as the store has it. */
    const stored = async (): Promise<(readonly [id: string, revision: string, suspect: boolean])[]> => {
      const { kvs } = await client.kv.range({ prefix: '/services/web/' })
      return kvs.flatMap(({ key, bytes, modRevision }) => {
        const { instance } = readInstance(key, bytes, modRevision)
        return instance ? [[instance.id, String(modRevision), false] as const] : []
      })
    }
    const seenByAll = async (): Promise<void> => {
      const expected = JSON.stringify([await stored()])
      await Promise.all(
        viewers.map((viewer) =>
          until('every view has it all', async () => JSON.stringify((await viewer.report()).lists) === expected),
        ),
      )
    }

    let settled: string[][] = []
    for (let round = 0; round < size.rounds; round++) {
      settled = await Promise.all(churners.map((churner) => churner.churn(size.roundMs)))
      // Who lost its lease puts its records back one by one.
      await until('the store has what is registered', async () => {
        const ids = (await stored()).map(([id]) => id)
        return JSON.stringify(ids) === JSON.stringify(settled.flat().sort())
      })
      await seenByAll()
    }
    if (isLong) {
      // A new window of the guard, which would hold on to them if others were lost within the same.
      await new Promise((resolve) => setTimeout(resolve, 10_000))
      // The one with the fewest, which are too few for the guard to doubt their end.
      const sizes = settled.map(({ length }) => length)
      const fewest = sizes.indexOf(Math.min(...sizes))
      const killed = churners[fewest]
      const stopwatch = new Stopwatch()
      await killed?.program.kill()
      const lasts = async (): Promise<boolean> => (await stored()).some(([id]) => id.startsWith(`p${fewest}-`))
      while (await lasts()) await new Promise((resolve) => setTimeout(resolve, 20))
      expect(stopwatch.stop()).toBeLessThan((ttlSeconds + 1) * 1_000)
      await seenByAll()
    }
    await Promise.all([...churners, ...viewers].map(({ program }) => program.stop()))
    // What says who left goes by itself, with leases of its own.
    const { kvs } = await client.kv.range({ all: true })
    expect(kvs.filter(({ key }) => !key.startsWith('/waypost/services/left/'))).toEqual([])
    const farewells = new Set(kvs.map(({ lease }) => lease))
    for (const id of await client.leases.list())
      if (!farewells.has(id)) expect((await client.leases.timeToLive(id, { keys: true })).keys).toEqual([])
  }, 300_000)
})
