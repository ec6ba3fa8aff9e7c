import { runScript } from './processes.js'

const what = '1 put seen by 1,000 watchers on 10 streams: last one told'

export const watchFanOut = {
  name: 'watchers of one key',
  rows: [{ what, unit: 'ms', better: 'lower' }],
  async measure({ start }) {
    const server = await start()
    try {
      const spec = { port: server.port, streams: 10, perStream: 100, puts: 200, warmUpPuts: 60, limitSeconds: 10 }
      const { medianMs } = await runScript('fan-out-load.js', spec)
      return { [what]: medianMs }
    } finally {
      await server.stop()
    }
  },
}
