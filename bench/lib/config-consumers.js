// Consumers of one configuration, each with a client of its own; run by config-propagation.js.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { ConfigCenter } from '../../packages/config/dist/admin/index.js'
import { scaled } from './scale.js'

const { port, consumers } = JSON.parse(process.argv[2])
const loadsAtOnce = 20

const live = []
await Promise.all(
  Array.from({ length: Math.min(loadsAtOnce, consumers) }, async (_, first) => {
    for (let index = first; index < consumers; index += loadsAtOnce) {
      const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
      const config = new ConfigCenter(etcd, { instance: `consumer-${process.pid}-${index}` })
      live.push(await config.load({ app: 'bench', timeoutMs: 60_000 }))
    }
  }),
)
// The first confirmations are under way; they are no part of what is measured.
await new Promise((resolve) => setTimeout(resolve, scaled(1000, 10)))
console.log('"ready"')

let latencies = []
for (const each of live) {
  const follow = async () => {
    for await (const { current } of each.changes()) {
      latencies.push(performance.timeOrigin + performance.now() - current.at)
      if (latencies.length < consumers) continue
      console.log(JSON.stringify(latencies))
      latencies = []
    }
  }
  follow()
}
// It goes on until it is killed.
