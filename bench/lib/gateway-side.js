// One proxy in a process of its own: `node gateway-side.js <kind> <JSON>`. Prints its port; answers each line on standard
// input with the processor time that it has used, in microseconds; ends with standard input.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { cpuMicrosOf } from './cpu-of.js'

const [, , kind, text] = process.argv
const { upstream, store, routes = 1, workers = 1, key } = JSON.parse(text)
const workspace = createRequire(new URL('../../packages/gateway/package.json', import.meta.url))
const peers = createRequire(new URL('../peers/package.json', import.meta.url))

const port = await sides()[kind]()
console.log(port)
for await (const _ of createInterface({ input: process.stdin })) console.log(cpuMicros())
process.exit(0)

/** Of the worker processes as well, where there are any. */
function cpuMicros() {
  if (kind === 'workers') return cpuMicrosOf(process.pid)
  const { user, system } = process.cpuUsage()
  return user + system
}

function sides() {
  return {
    upstream: startUpstream,
    grpc: startGrpc,
    'web-socket': startWebSocket,
    waypost: startWaypost,
    workers: startWorkers,
    'reply-from': startReplyFrom,
    'http-proxy-3': startProxy3,
  }
}

function startUpstream() {
  return listen(
    createServer((request, response) => request.resume() && response.end('hello world, this is an instance\n')),
  )
}

/** Answers every call of gRPC with the message that came. */
function startGrpc() {
  const server = createHttp2Server()
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.pipe(stream)
  })
  return listen(server)
}

/** Sends every message of a WebSocket back. */
function startWebSocket() {
  const { WebSocketServer } = workspace('ws')
  const server = createServer()
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) =>
    socket.on('message', (data) => socket.send(data, { binary: true })),
  )
  return listen(server)
}

function documentOf() {
  const others = Array.from({ length: routes - 1 }, (_, index) => [
    `other-${index}`,
    { path: { prefix: `/other/${index}` }, target: { service: 'bench' } },
  ])
  const limits = { rate: { limit: 10_000_000, intervalMs: 1_000 } }
  const to = (prefix, service, more) => ({ path: { prefix }, target: { service, ...more }, limits, policies: ['key'] })
  return {
    policies: { key: { apiKey: { keys: { bench: { sha256: createHash('sha256').update(key).digest('hex') } } } } },
    routes: {
      ...Object.fromEntries(others),
      bench: to('/bench', 'bench', { algorithm: 'peak-ewma' }),
      grpc: to('/bench/Unary', 'bench-grpc', { protocol: 'h2c' }),
      sockets: to('/bench/socket', 'bench-sockets'),
    },
  }
}

async function connectStore() {
  const { connect } = await import('waypost')
  return await connect({ endpoints: `http://127.0.0.1:${store}`, env: {}, logger: false })
}

async function startWaypost() {
  const { createGateway } = await import('@waypost/gateway')
  const gateway = await createGateway({ waypost: await connectStore(), routes: documentOf() })
  return await gateway.listen({ port: 0 })
}

async function startWorkers() {
  const { GatewayWorkers } = await import('@waypost/gateway')
  const waypost = await connectStore()
  const path = `gateway/bench-${workers}-${routes}.yaml`
  await waypost.config.releases.publish(path, JSON.stringify(documentOf()))
  const gateway = await GatewayWorkers.start({
    ...{ waypost, routes: path, workers },
    ...{ host: '127.0.0.1', port: 0, timeoutMs: 60_000, onNotice: (notice) => console.error(notice) },
  })
  return gateway.port
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
