import { EtcdClient, put } from '../../packages/client/dist/index.js'
import { benchRecord } from './bench-records.js'
import { row } from './measure.js'
import { runScript, startWaypost } from './processes.js'
import { scaled } from './scale.js'

export const services = scaled(1_000, 10)
const perService = scaled(100, 4)
export const instances = services * perService
const changesPerSecond = scaled(1_000, 50)
const seconds = scaled(8, 0.5)
const name = '100,000 instances in 1,000 services'
const rowsOf = [
  { what: `${name}: first complete view`, unit: 'ms', field: 'readyMs' },
  { what: `${name}: memory per instance`, unit: 'bytes', field: 'bytesPerInstance' },
  { what: `${name}: CPU at 1,000 changes a second`, unit: '% of a core', field: 'cpuPercent' },
]

/** One process that follows everything. */
export async function manyInstances({ rounds, log, wanted }) {
  const chosen = rowsOf.filter(({ what }) => wanted(what))
  if (chosen.length === 0) return []
  const store = await startWaypost()
  const results = []
  try {
    await fillInstances(store.port)
    for (let round = 0; round < rounds; round++) {
      log(`round ${round + 1} of ${rounds}: ${name}`)
      const spec = { port: store.port, services, perService, changesPerSecond, seconds }
      results.push(await runScript('many-instances-load.js', spec))
    }
  } finally {
    await store.stop()
  }
  return chosen.map(({ what, unit, field }) =>
    row(
      what,
      unit,
      'lower',
      undefined,
      results.map((result) => result[field]),
      [],
    ),
  )
}

/** All instances of all services. */
export async function fillInstances(port) {
  const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
  for (let service = 0; service < services; service += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, offset) => {
        const puts = Array.from({ length: perService }, (_, number) => put(...benchRecord(service + offset, number)))
        return etcd
          .txn()
          .do(...puts)
          .commit()
      }),
    )
  }
  await etcd.close()
}
