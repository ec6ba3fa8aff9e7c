// `@waypost/client` beside npm `etcd3`, both against the same etcd: the CPU of the client's process per operation.
import { row } from './lib/measure.js'
import { etcdName, runScript, startEtcd, startWaypost } from './lib/processes.js'

const scenarios = ['get', 'put'].flatMap((operation) =>
  [1, 64].map((inFlight) => ({ operation, inFlight, operations: inFlight === 1 ? 6000 : 30_000 })),
)

const titles = ({ operation, inFlight }) =>
  ['CPU', 'throughput'].map((figure) => `${operation}, ${inFlight} in flight: ${figure}`)

export async function run({ rounds, log, wanted }) {
  const chosen = scenarios.filter((scenario) => titles(scenario).some(wanted))
  if (chosen.length === 0) return []
  const store = etcdName() ? await startEtcd() : await startWaypost(['--memory'])
  const results = new Map(chosen.map((scenario) => [scenario, { waypost: [], etcd3: [] }]))
  try {
    await runScript('client-cpu.js', {
      library: 'waypost',
      port: store.port,
      operation: 'put',
      inFlight: 16,
      operations: 1000,
    })
    for (let round = 0; round < rounds; round++) {
      log(`round ${round + 1} of ${rounds}`)
      for (const [scenario, byLibrary] of results) {
        for (const library of round % 2 === 0 ? ['waypost', 'etcd3'] : ['etcd3', 'waypost']) {
          byLibrary[library].push(await runScript('client-cpu.js', { library, port: store.port, ...scenario }))
        }
      }
    }
  } finally {
    await store.stop()
  }
  return [...results].flatMap(([scenario, { waypost, etcd3 }]) => {
    const pick = (field) => [waypost.map((result) => result[field]), etcd3.map((result) => result[field])]
    const [cpu, throughput] = titles(scenario)
    return [
      row(cpu, 'µs/operation', 'lower', 'etcd3 (npm)', ...pick('cpuMicrosPerOperation')),
      row(throughput, 'operations/s', 'higher', 'etcd3 (npm)', ...pick('operationsPerSecond')),
    ].filter(({ what }) => wanted(what))
  })
}
