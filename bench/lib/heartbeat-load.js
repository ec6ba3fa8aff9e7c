// Many registered instances, each on a lease of its own: `node heartbeat-load.js '{"port":…,"pid":…,"instances":…}'`.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Registry } from '../../packages/registry/dist/index.js'
import { cpuSeconds } from './process-usage.js'

const { port, pid, instances, seconds } = JSON.parse(process.argv[2])
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
for (let first = 0; first < instances; first += 200) {
  await Promise.all(
    Array.from({ length: Math.min(200, instances - first) }, (_, offset) =>
      new Registry(etcd).register({ service: 'bench', id: `i${first + offset}`, host: '10.0.0.1', port: 1 }),
    ),
  )
}
await new Promise((resolve) => setTimeout(resolve, 5_000))
const leases = (await etcd.leases.list()).length
if (leases < instances) throw new Error(`Only ${leases} leases for ${instances} instances`)
const storeBefore = cpuSeconds(pid)
const clientBefore = process.cpuUsage()
await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
const { user, system } = process.cpuUsage(clientBefore)
console.log(
  JSON.stringify({
    storePercent: storeBefore === undefined ? undefined : ((cpuSeconds(pid) - storeBefore) / seconds) * 100,
    clientPercent: (user + system) / seconds / 1e4,
  }),
)
process.exit(0)
