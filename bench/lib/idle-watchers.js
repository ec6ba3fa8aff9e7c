import { load } from './load.js'
import { median } from './measure.js'
import { settledResidentBytes } from './process-usage.js'
import { scaled } from './scale.js'
import { openWatchers } from './watchers.js'

const streams = 10
const perStream = scaled(1000, 10)
const memory = '10,000 watchers on single keys: memory per watcher'
const rate = 'put 64 B, 128 in flight, with 10,000 watchers of other keys'
const kept = `${rate}: share of the rate without them`

const puts = { connections: 8, inFlight: 16, path: '/etcdserverpb.KV/Put', keys: 10_000, valueBytes: 64 }

export const idleWatchers = {
  name: 'watchers of other keys',
  rows: [
    { what: memory, unit: 'bytes', better: 'lower' },
    { what: rate, unit: 'requests/s', better: 'higher' },
    { what: kept, unit: '×', better: 'higher' },
  ],
  async measure({ start, wanted, round }) {
    const server = await start()
    const watch = () => openWatchers({ port: server.port, streams, perStream, keyOf: (number) => `watched/${number}` })
    let watchers
    try {
      // Memory first: a heap that a load has stretched would take the watchers in without growing.
      const before = await settledResidentBytes(server.pid)
      watchers = await watch()
      const after = await settledResidentBytes(server.pid)
      const figures = { [memory]: before === undefined ? undefined : (after - before) / (streams * perStream) }
      if (!wanted(rate) && !wanted(kept)) return figures

      await load(server, { ...puts, requests: scaled(100_000, 200) })
      // There and back, because a server that is still warming up grows faster from one load to the next.
      const order = round % 2 === 0 ? ['with', 'without', 'without', 'with'] : ['without', 'with', 'with', 'without']
      const rates = { with: [], without: [] }
      for (const which of order) {
        if (which === 'with') watchers ??= await watch()
        else {
          watchers?.close()
          watchers = undefined
        }
        rates[which].push(await load(server, { ...puts, requests: scaled(60_000, 200) }))
      }
      const withWatchers = median(rates.with)
      return { ...figures, [rate]: withWatchers, [kept]: withWatchers / median(rates.without) }
    } finally {
      watchers?.close()
      await server.stop()
    }
  },
}
