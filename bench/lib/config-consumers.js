// Consumers of one configuration, each with a client of its own; run by config-propagation.js. `kind` says how they
// follow it: `configurations` load it, `watches` watch its key and put a key of their own after each change.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { ConfigCenter } from '../../packages/config/dist/admin/index.js'
import { scaled } from './scale.js'

const { port, consumers, kind, path } = JSON.parse(process.argv[2])
const loadsAtOnce = 20

const start = {
  async configurations(etcd, instance) {
    const config = new ConfigCenter(etcd, { instance })
    const live = await config.load({ app: 'bench', timeoutMs: 60_000 })
    return async () => {
      for await (const { current } of live.changes()) applied(current.at)
    }
  },
  async watches(etcd, instance) {
    const { revision } = await etcd.kv.put(`/applied/${instance}`, 'ready')
    const watch = etcd.watch({ key: `/config/${path}` }, { startRevision: revision + 1n })
    return async () => {
      for await (const { events } of watch) {
        applied(Number(events.at(-1).kv.text().slice('at: '.length)))
        await etcd.kv.put(`/applied/${instance}`, JSON.stringify({ path, instance, state: 'applied' }))
      }
    }
  },
}[kind]

const followers = []
await Promise.all(
  Array.from({ length: Math.min(loadsAtOnce, consumers) }, async (_, first) => {
    for (let index = first; index < consumers; index += loadsAtOnce) {
      const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
      followers.push(await start(etcd, `consumer-${process.pid}-${index}`))
    }
  }),
)
// The first confirmations are under way; they are no part of what is measured.
await new Promise((resolve) => setTimeout(resolve, scaled(1000, 10)))
console.log('"ready"')

let latencies = []
function applied(at) {
  latencies.push(performance.timeOrigin + performance.now() - at)
  if (latencies.length < consumers) return
  console.log(JSON.stringify(latencies))
  latencies = []
}
for (const follow of followers) void follow()
// It goes on until it is killed.
