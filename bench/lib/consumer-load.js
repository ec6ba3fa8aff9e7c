// A consumer that loads very many instances: `node consumer-load.js '{"port":…,"what":"cache"|"views","services":…}'`,
// prints { longestTurnMs, loadMs }. A turn is the time from one turn of the event loop to the next.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Registry } from '../../packages/registry/dist/index.js'

const { port, what, services } = JSON.parse(process.argv[2])
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 120_000 })
const loads = {
  cache: () => etcd.cache({ prefix: '/services/' }).ready,
  views: () => {
    const registry = new Registry(etcd)
    return Promise.all(
      Array.from({ length: services }, (_, index) =>
        registry.discover(`s${index}`, { subscribe: false, timeoutMs: 120_000 }),
      ),
    )
  },
}

await etcd.kv.get('warm up')
let lastMs = performance.now()
let longestTurnMs = 0
let isOver = false
function turn() {
  const nowMs = performance.now()
  longestTurnMs = Math.max(longestTurnMs, nowMs - lastMs)
  lastMs = nowMs
  if (!isOver) setImmediate(turn)
}
setImmediate(turn)
const startedMs = performance.now()
await loads[what]()
const loadMs = performance.now() - startedMs
isOver = true
await new Promise((resolve) => setImmediate(resolve))
console.log(JSON.stringify({ longestTurnMs, loadMs }))
process.exit(0)
