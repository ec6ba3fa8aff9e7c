import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ClusterNetwork,
  NamespaceNetwork,
  ProxyNetwork,
  recordSkip,
  requireOrSkip,
  whyNoNamespaces,
} from '../src/index.ts'
import { seededRandom } from './crash/seeded-random.ts'
import { clusterFaults, leaseTtlSeconds } from './faults/cluster-faults.ts'
import { FaultyCluster } from './faults/etcd-cluster.ts'
import { FaultRun, type Recovery } from './faults/fault-run.ts'
import type { Fault } from './faults/fault-store.ts'
import { ServedStore, serverFaults } from './faults/served-store.ts'

const long = process.env.WAYPOST_LONG === '1'
const rounds = long ? 3 : 1
const seed = Number(process.env.WAYPOST_SEED ?? randomInt(2 ** 31))
/** The aim is a second; machines that tests share with others take longer. */
const againWithinMs = 10_000

/** Strikes so often, and holds what it costs to the bound. */
async function endure(run: FaultRun, fault: Fault, times = rounds): Promise<Recovery[]> {
  const recoveries: Recovery[] = []
  for (let round = 0; round < times; round++) {
    const recovery = await run.round(fault).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`${fault.name}, round ${round}, WAYPOST_SEED=${seed}: ${reason}`, { cause })
    })
    expect(recovery.writesAgainMs).toBeLessThan(againWithinMs)
    expect(recovery.watchesAgainMs).toBeLessThan(againWithinMs)
    recoveries.push(recovery)
  }
  return recoveries
}

/** For the long form: what the faults cost, as a table. */
function report(store: string, recoveries: readonly Recovery[], { acknowledged, unknown }: FaultRun['counts']): void {
  if (!long) return
  console.log(`${store}: ${acknowledged} writes acknowledged, ${unknown} of unknown outcome; milliseconds`)
  console.table(
    recoveries.map(({ fault, ...costs }) => ({
      fault,
      ...Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, Math.round(cost)])),
    })),
  )
}

const canRun = requireOrSkip('faults in a cluster of three', 'etcd')
const noNamespaces = canRun ? await whyNoNamespaces() : undefined

describe.skipIf(!canRun)('clients of three etcd members lose, repeat and miss nothing when', () => {
  const recoveries: Recovery[] = []
  let network: ClusterNetwork
  let cluster: FaultyCluster
  let run: FaultRun

  beforeAll(async () => {
    network = noNamespaces === undefined ? await NamespaceNetwork.start(3) : new ProxyNetwork(3)
    cluster = await FaultyCluster.start(network)
    run = await FaultRun.start(cluster, seededRandom(seed), leaseTtlSeconds)
  })
  afterAll(async () => {
    if (run) report(`three etcd members (${network.kind})`, recoveries, run.counts)
    await run?.close()
    await cluster?.close()
  })

  const { leaderKilled, leaderStoppedBriefly, authOn, ...others } = clusterFaults(() => cluster)
  const possible = Object.values<Fault>(others).filter(({ name, cuts = [] }) => {
    if (noNamespaces === undefined || !cuts.includes('peers')) return true
    if (long) recordSkip(name, `the members cannot be cut off from each other: ${noNamespaces}`)
    return false
  })
  const faults = long ? [leaderKilled, leaderStoppedBriefly, ...possible] : [leaderKilled, leaderStoppedBriefly]

  it.each(faults.map((fault) => [fault.name, fault] as const))(
    '%s',
    { timeout: rounds * 60_000 },
    async (_name, fault) => {
      recoveries.push(...(await endure(run, fault)))
    },
  )

  it.skipIf(!long)('authentication is switched on, and the leader killed again', async () => {
    recoveries.push(...(await endure(run, authOn, 1)), ...(await endure(run, leaderKilled)))
  })
})

describe('clients of the embedded server lose, repeat and miss nothing when', () => {
  const ttlSeconds = 5
  const recoveries: Recovery[] = []
  let store: ServedStore
  let run: FaultRun

  beforeAll(async () => {
    store = await ServedStore.start()
    run = await FaultRun.start(store, seededRandom(seed), ttlSeconds)
  })
  afterAll(async () => {
    if (run) report('the embedded server', recoveries, run.counts)
    await run?.close()
    await store?.close()
  })

  const { killed, stoppedBriefly, stopped } = serverFaults(() => store, ttlSeconds)

  const faults = long ? [killed, stoppedBriefly, stopped] : [killed]

  it.each(faults.map((fault) => [fault.name, fault] as const))(
    '%s',
    { timeout: rounds * 60_000 },
    async (_name, fault) => {
      recoveries.push(...(await endure(run, fault)))
    },
  )
})
