// The embedded server beside etcd: the same load generator from another process, fresh data in every round.
import { row } from './lib/measure.js'
import { etcdName, runScript, startEtcd, startWaypost } from './lib/processes.js'

const put = '/etcdserverpb.KV/Put'
const range = '/etcdserverpb.KV/Range'
const many = { connections: 8, inFlight: 16 }
const one = { connections: 1, inFlight: 1 }

const preload = { ...many, path: put, requests: 1000, keys: 1000, valueBytes: 64 }

// Ranges come first, after a restart: while etcd 3.4 holds many recent writes in its buffer it answers ranges at a
// third of its speed, which would flatter us.
const scenarios = [
  { what: 'range of one key, 1 in flight', ...one, path: range, requests: 8000, keys: 1000 },
  { what: 'range of one key, 128 in flight', ...many, path: range, requests: 60_000, keys: 1000 },
  { what: 'range of 1,000 keys, 128 in flight', ...many, path: range, requests: 3000, keys: 1, keyRange: 1000 },
  { what: 'put 64 B, 1 in flight', ...one, path: put, requests: 4000, keys: 4000, valueBytes: 64 },
  { what: 'put 64 B, 128 in flight', ...many, path: put, requests: 60_000, keys: 10_000, valueBytes: 64 },
  { what: 'put 1 KiB, 128 in flight', ...many, path: put, requests: 40_000, keys: 10_000, valueBytes: 1024 },
]

export async function run({ rounds, log }) {
  const peerName = etcdName()
  const starters = [['ours', startWaypost], ...(peerName ? [['peer', startEtcd]] : [])]
  if (!peerName) log('etcd is not on PATH: measured without the peer')
  const rates = new Map(scenarios.map(({ what }) => [what, { ours: [], peer: [] }]))
  for (let round = 0; round < rounds; round++) {
    log(`server: round ${round + 1} of ${rounds}`)
    for (const [side, start] of round % 2 === 0 ? starters : [...starters].reverse()) {
      const server = await start()
      try {
        await runScript('http2-load.js', { port: server.port, ...preload })
        await server.restart()
        await runScript('http2-load.js', { port: server.port, ...many, path: range, requests: 5000, keys: 1000 })
        for (const { what, ...load } of scenarios) {
          const { seconds, failed } = await runScript('http2-load.js', { port: server.port, ...load })
          if (failed > 0) throw new Error(`${what}: ${failed} of ${load.requests} requests failed on ${side}`)
          rates.get(what)[side].push(load.requests / seconds)
        }
      } finally {
        await server.stop()
      }
    }
  }
  return scenarios.map(({ what }) => {
    const { ours, peer } = rates.get(what)
    return row(what, 'requests/s', 'higher', peerName ?? 'etcd', ours, peer)
  })
}
