// Many registered instances, each on a lease of its own: `node heartbeat-load.js '{"port":…,"pid":…,"instances":…}'`.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { benchRecord } from './bench-records.js'
import { cpuSeconds } from './process-usage.js'
import { scaled } from './scale.js'

const { port, pid, instances, seconds } = JSON.parse(process.argv[2])
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
for (let first = 0; first < instances; first += 200) {
  await Promise.all(Array.from({ length: Math.min(200, instances - first) }, (_, offset) => register(first + offset)))
}
await new Promise((resolve) => setTimeout(resolve, scaled(5_000, 100)))
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

/** As one process each would: the lease that every process has by default, and one record on it. */
async function register(number) {
  const lease = await etcd.leases.grant({ ttlSeconds: 10 })
  const [key, value] = benchRecord(0, number)
  await etcd.kv.put(key, value, { lease: lease.id })
}
