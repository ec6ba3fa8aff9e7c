// What is measured of clients. A group is `{ name, libraries, rows: [{ what, unit, better, peer }], measure(library, port) }`;
// `measure` resolves to figures by `what`, and `peer` names the library that the row's ratio is to.
import { runScript } from './processes.js'
import { scaled } from './scale.js'

const scenarios = scaled(['get', 'put'], ['get']).flatMap((operation) =>
  scaled([1, 64], [2]).map((inFlight) => ({
    operation,
    inFlight,
    operations: scaled(inFlight === 1 ? 6000 : 30_000, 100),
  })),
)

const calls = scenarios.map((scenario) => {
  const title = `${scenario.operation}, ${scenario.inFlight} in flight`
  const [cpu, throughput, besideFloor] = [`${title}: CPU`, `${title}: throughput`, `${title}: CPU beside the floor`]
  return {
    name: title,
    libraries: ['waypost', 'etcd3', 'floor'],
    rows: [
      { what: cpu, unit: 'µs/operation', better: 'lower', peer: 'etcd3' },
      { what: throughput, unit: 'operations/s', better: 'higher', peer: 'etcd3' },
      { what: besideFloor, unit: 'µs/operation', better: 'lower', peer: 'floor' },
    ],
    async measure(library, port) {
      const { cpuMicrosPerOperation, operationsPerSecond } = await runScript('client-cpu.js', {
        library,
        port,
        ...scenario,
      })
      return { [cpu]: cpuMicrosPerOperation, [throughput]: operationsPerSecond, [besideFloor]: cpuMicrosPerOperation }
    },
  }
})

const lastTold = '1 put seen by 1,000 watchers in one process: last one told'

const watchers = {
  name: 'watchers in one process',
  libraries: ['waypost', 'etcd3'],
  rows: [{ what: lastTold, unit: 'ms', better: 'lower', peer: 'etcd3' }],
  async measure(library, port) {
    const spec = {
      library,
      port,
      watchers: scaled(1000, 5),
      puts: scaled(100, 2),
      warmUpPuts: scaled(20, 1),
      limitSeconds: 10,
    }
    const { medianMs } = await runScript('client-watchers.js', spec)
    return { [lastTold]: medianMs }
  },
}

const leaseCpu = '1,000 leases kept alive (TTL 9 s): CPU share'
const leaseStreams = '1,000 leases kept alive (TTL 9 s): streams'

const leases = {
  name: 'leases kept alive',
  libraries: ['waypost', 'etcd3'],
  rows: [
    { what: leaseCpu, unit: '% of a core', better: 'lower', peer: 'etcd3' },
    { what: leaseStreams, unit: 'streams', better: 'lower', peer: 'etcd3' },
  ],
  async measure(library, port) {
    const spec = { library, port, leases: scaled(1000, 5), ttlSeconds: scaled(9, 1), forSeconds: scaled(18, 1) }
    const { cpuPercent, streams } = await runScript('client-leases.js', spec)
    return { [leaseCpu]: cpuPercent, [leaseStreams]: streams }
  },
}

const importTime = 'import in a new process: time'
const importMemory = 'import in a new process: resident memory'

const loading = {
  name: 'import',
  libraries: ['waypost', 'etcd3'],
  rows: [
    { what: importTime, unit: 'ms', better: 'lower', peer: 'etcd3' },
    { what: importMemory, unit: 'MB', better: 'lower', peer: 'etcd3' },
  ],
  async measure(library) {
    const { importMs, megabytes } = await runScript('client-import.js', { library })
    return { [importTime]: importMs, [importMemory]: megabytes }
  },
}

const cacheLoad = 'cache of 100,000 instances: load time'
const cacheMemory = 'cache of 100,000 instances: memory'
const cacheEvents = 'cache of 100,000 instances: events applied per second of CPU'

/** etcd3 has no cache, and its reads end at 4 MiB. */
const cache = {
  name: 'cache',
  libraries: ['waypost'],
  needsFreshStore: true,
  rows: [
    { what: cacheLoad, unit: 'ms', better: 'lower' },
    { what: cacheMemory, unit: 'MB', better: 'lower' },
    { what: cacheEvents, unit: 'events/s', better: 'higher' },
  ],
  async measure(_library, port) {
    const spec = { port, instances: scaled(100_000, 500), events: scaled(100_000, 500) }
    const { loadMs, megabytes, eventsPerSecond } = await runScript('client-cache.js', spec, ['--expose-gc'])
    return { [cacheLoad]: loadMs, [cacheMemory]: megabytes, [cacheEvents]: eventsPerSecond }
  },
}

export const clientGroups = [...calls, watchers, leases, loading, cache]
