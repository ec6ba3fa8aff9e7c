import { runScript } from './processes.js'
import { scaled } from './scale.js'

const what = '1 put seen by 1,000 watchers on 10 streams: last one told'

export const watchFanOut = {
  name: 'watchers of one key',
  rows: [{ what, unit: 'ms', better: 'lower' }],
  async measure({ start }) {
    const server = await start()
    try {
      const spec = {
        port: server.port,
        ...scaled({ streams: 10, perStream: 100 }, { streams: 2, perStream: 5 }),
        puts: scaled(200, 3),
        warmUpPuts: scaled(60, 3),
        limitSeconds: 10,
      }
      const { medianMs } = await runScript('fan-out-load.js', spec)
      return { [what]: medianMs }
    } finally {
      await server.stop()
    }
  },
}
