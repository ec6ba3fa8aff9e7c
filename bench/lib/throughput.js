import { load } from './load.js'
import { scaled } from './scale.js'

const put = '/etcdserverpb.KV/Put'
const range = '/etcdserverpb.KV/Range'
const many = { connections: 8, inFlight: 16 }
const one = { connections: 1, inFlight: 1 }

const preload = { ...many, path: put, requests: 1000, keys: 1000, valueBytes: 64 }

// Ranges come first, after a restart: while etcd 3.4 holds many recent writes in its buffer it answers ranges at a
// third of its speed, which would flatter us.
const scenarios = [
  { what: 'range of one key, 1 in flight', ...one, path: range, requests: scaled(8000, 20), keys: 1000 },
  { what: 'range of one key, 128 in flight', ...many, path: range, requests: scaled(60_000, 200), keys: 1000 },
  {
    what: 'range of 1,000 keys, 128 in flight',
    ...many,
    path: range,
    requests: scaled(3000, 150),
    keys: 1,
    keyRange: 1000,
  },
  { what: 'put 64 B, 1 in flight', ...one, path: put, requests: scaled(4000, 20), keys: 4000, valueBytes: 64 },
  { what: 'put 64 B, 128 in flight', ...many, path: put, requests: scaled(60_000, 200), keys: 10_000, valueBytes: 64 },
  {
    what: 'put 1 KiB, 128 in flight',
    ...many,
    path: put,
    requests: scaled(40_000, 200),
    keys: 10_000,
    valueBytes: 1024,
  },
]

export const throughput = {
  name: 'puts and ranges',
  rows: scenarios.map(({ what }) => ({ what, unit: 'requests/s', better: 'higher' })),
  async measure({ start, wanted }) {
    const server = await start()
    try {
      await load(server, preload)
      await server.restart()
      await load(server, { ...many, path: range, requests: scaled(5000, 200), keys: 1000 })
      const figures = {}
      for (const { what, ...spec } of scenarios) if (wanted(what)) figures[what] = await load(server, spec)
      return figures
    } finally {
      await server.stop()
    }
  },
}
