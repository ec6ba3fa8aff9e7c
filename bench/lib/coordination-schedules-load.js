// Many schedules: `node coordination-schedules-load.js '{"port":…,"schedules":…,"seconds":…}'`, each once a minute.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Coordination } from '../../packages/coordination/dist/index.js'

const { port, schedules: count, seconds } = JSON.parse(process.argv[2])
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
const coordination = new Coordination(etcd)
const { schedules } = coordination
const late = []
const handler = ({ plannedAt }) => {
  late.push(Date.now() - plannedAt.getTime())
}
const putting = async (from) => {
  for (let index = from; index < count; index += 50) {
    const name = `schedule-${index}`
    schedules.handle(name, handler)
    await schedules.put(name, { everyMs: 60_000, keep: { count: 10 } }, { takePart: false })
  }
}
const beganMs = performance.now()
await Promise.all(Array.from({ length: 50 }, (_, from) => putting(from)))
// Spread over the minute, as those of many teams are: made one after the other, they would all be due at once.
await Promise.all(
  Array.from({ length: count }, async (_, index) => {
    const kv = await etcd.kv.get(`/waypost/schedules/default/specs/schedule-${index}`)
    const createdAtMs = Date.now() - Math.floor((index / count) * 60_000)
    const spec = { ...kv.json(), createdAtMs, sinceMs: Date.now() }
    await etcd.kv.put(kv.key, JSON.stringify(spec))
  }),
)
schedules.start()
while (!schedules.isLeading) await new Promise((resolve) => setTimeout(resolve, 20))
await new Promise((resolve) => setTimeout(resolve, 3_000))
late.length = 0
const usage = process.cpuUsage()
const measuringMs = performance.now()
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
const { user, system } = process.cpuUsage(usage)
const spentMs = performance.now() - measuringMs
const sorted = late.sort((a, b) => a - b)
const found = {
  cpuPercent: ((user + system) / 1_000 / spentMs) * 100,
  lateP99Ms: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0,
  runs: sorted.length,
  setupMs: measuringMs - beganMs,
}
await coordination.close()
await etcd.close()
console.log(JSON.stringify(found))
