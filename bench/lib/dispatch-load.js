// The CPU of a client per HTTP request: `node dispatch-load.js '{"side":"ours"|"peer","api":"request"|"fetch",…}'`.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Registry } from '../../packages/registry/dist/index.js'

const { port, side, api, requests, inFlight } = JSON.parse(process.argv[2])
const undici = createRequire(new URL('../../packages/registry/package.json', import.meta.url))('undici')
const servers = await Promise.all(Array.from({ length: 4 }, startServer))
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
const registry = new Registry(etcd)
if (side === 'ours') {
  const list = servers.map((server) => ({
    service: 'bench',
    id: `i${server.port}`,
    host: '127.0.0.1',
    port: server.port,
  }))
  await registry.registerAll(list)
}
const dispatcher = side === 'ours' ? registry.dispatcher() : new undici.Agent()
const urlOf = side === 'ours' ? () => 'http://bench/' : (number) => `http://127.0.0.1:${servers[number % 4].port}/`
const asks = {
  request: async (url) => (await undici.request(url, { dispatcher })).body.text(),
  fetch: async (url) => (await undici.fetch(url, { dispatcher })).text(),
}
await run(Math.min(requests, 4_000))
const before = process.cpuUsage()
await run(requests)
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ cpuMicrosPerRequest: (user + system) / requests }))
await registry.close()
for (const { child } of servers) child.kill()
process.exit(0)

async function run(count) {
  let next = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) if ((await asks[api](urlOf(next++))) !== 'hello') throw new Error('Another answer came')
    }),
  )
}

function startServer() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('hello-server.js', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return new Promise((resolve) => child.stdout.once('data', (line) => resolve({ child, port: Number(String(line)) })))
}
