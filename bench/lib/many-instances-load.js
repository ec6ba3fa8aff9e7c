// A process that follows very many instances: `node many-instances-load.js '{"port":…,"services":…,"perService":…}'`.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Registry } from '../../packages/registry/dist/index.js'
import { scaled } from './scale.js'

const spec = JSON.parse(process.argv[2])
const { port, services, perService, changesPerSecond, seconds } = spec
setFlagsFromString('--expose_gc')
const gc = runInNewContext('gc')
const memory = () => {
  gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
const registry = new Registry(etcd)
const memoryBefore = memory()
const startedMs = performance.now()
const views = await Promise.all(
  Array.from({ length: services }, (_, index) =>
    registry.discover(`s${index}`, { subscribe: false, timeoutMs: 60_000 }),
  ),
)
const readyMs = performance.now() - startedMs
const instances = views.reduce((sum, view) => sum + view.instances.length, 0)
if (instances !== services * perService) throw new Error(`${instances} instances were found`)
const bytesPerInstance = (memory() - memoryBefore) / instances

let changed = 0
for (const view of views) {
  view.pick()
  follow(view)
}
const writer = spawn(process.execPath, [fileURLToPath(new URL('change-load.js', import.meta.url)), process.argv[2]], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
await new Promise((resolve) => setTimeout(resolve, scaled(2_000, 800)))
const changedBefore = changed
const cpuBefore = process.cpuUsage()
await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
const { user, system } = process.cpuUsage(cpuBefore)
const perSecond = (changed - changedBefore) / seconds
writer.kill()
if (perSecond < changesPerSecond * scaled(0.8, 0)) throw new Error(`Only ${perSecond} changes a second arrived`)
console.log(JSON.stringify({ readyMs, bytesPerInstance, cpuPercent: (user + system) / seconds / 1e4 }))
process.exit(0)

async function follow(view) {
  for await (const { changed: list } of view.changes()) changed += list.length
}
