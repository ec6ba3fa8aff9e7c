// One proxy in a process of its own: `node gateway-side.js <kind> <JSON>`. Prints its port; answers each line on standard
// input with the processor time that it has used, in microseconds; ends with standard input.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [, , kind, text] = process.argv
const { upstream, store, routes = 1 } = JSON.parse(text)
const peers = createRequire(new URL('../peers/package.json', import.meta.url))

const port = await sides()[kind]()
console.log(port)
for await (const _ of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage()
  console.log(user + system)
}
process.exit(0)

function sides() {
  return { upstream: startUpstream, waypost: startWaypost, 'reply-from': startReplyFrom, 'http-proxy-3': startProxy3 }
}

function startUpstream() {
  return listen(
    createServer((request, response) => request.resume() && response.end('hello world, this is an instance\n')),
  )
}

async function startWaypost() {
  const [{ connect }, { createGateway }] = await Promise.all([import('waypost'), import('@waypost/gateway')])
  const waypost = await connect({ endpoints: `http://127.0.0.1:${store}`, env: {}, logger: false })
  const others = Array.from({ length: routes - 1 }, (_, index) => [
    `other-${index}`,
    { path: { prefix: `/other/${index}` }, target: { service: 'bench' } },
  ])
  const limits = { rate: { limit: 10_000_000, intervalMs: 1_000 } }
  const bench = { path: { prefix: '/bench' }, target: { service: 'bench', algorithm: 'peak-ewma' }, limits }
  const document = { routes: Object.fromEntries([...others, ['bench', bench]]) }
  const gateway = await createGateway({ waypost, routes: document })
  return await gateway.listen({ port: 0 })
}

async function startReplyFrom() {
  const app = peers('fastify')()
  app.register(peers('@fastify/reply-from'), { base: `http://127.0.0.1:${upstream}` })
  app.all('/*', (request, reply) => reply.from(request.url))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address().port
}

function startProxy3() {
  const { Agent } = peers('node:http')
  const { createProxyServer } = peers('http-proxy-3')
  const proxy = createProxyServer({ target: `http://127.0.0.1:${upstream}`, agent: new Agent({ keepAlive: true }) })
  return listen(createServer((request, response) => proxy.web(request, response)))
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}
