import { runScript } from './processes.js'
import { scaled } from './scale.js'

const store = 'heartbeat of 10,000 instances, a lease each: CPU of the store'
const clients = 'heartbeat of 10,000 instances, a lease each: CPU of all clients'

export const heartbeat = {
  name: 'heartbeat of 10,000 instances',
  rows: [store, clients].map((what) => ({ what, unit: '% of a core', better: 'lower' })),
  async measure({ start }) {
    const server = await start()
    try {
      const spec = { port: server.port, pid: server.pid, instances: scaled(10_000, 50), seconds: scaled(12, 0.5) }
      const { storePercent, clientPercent } = await runScript('heartbeat-load.js', spec)
      return { [store]: storePercent, [clients]: clientPercent }
    } finally {
      await server.stop()
    }
  },
}
