// The gateway with everything on (an API key, balancing over ten instances, a rate limit, metrics) beside nginx with one
// worker, and beside @fastify/reply-from and http-proxy-3 when they are installed (npm install --prefix bench/peers).
// nginx answers behind all of them, wrk asks over 64 connections, h2load at a steady rate and by gRPC; what is not
// installed is left out. The processor time of each request says more than requests per second, as proxy, instance and
// load share the machine. `--short` makes it small and needs none of these programs, for the tests.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { grpcLoad, httpLoad, steadyLoad } from './lib/gateway-tools.js'
import { row } from './lib/measure.js'
import { findProgram, startNginx } from './lib/nginx.js'
import { startWaypost } from './lib/processes.js'

const isShort = process.env.WAYPOST_BENCH === 'short'
const forMs = isShort ? 200 : 3_000
const manyRoutes = isShort ? 100 : 10_000
const key = 'a key for the benchmark alone'

const cpu = { what: 'processor time of a request', unit: 'µs', better: 'lower' }
const rate = { what: 'requests', unit: '/s', better: 'higher' }
const many = { what: `processor time with ${manyRoutes} routes`, unit: 'µs', better: 'lower' }
const churn = { what: 'p99 while the registry changes 100 times a second', unit: 'ms', better: 'lower' }
const added50 = { what: 'added latency at half of full load, p50', unit: 'ms', better: 'lower' }
const added99 = { what: 'added latency at half of full load, p99', unit: 'ms', better: 'lower' }
const socket = { what: 'processor time of a WebSocket message, there and back', unit: 'µs', better: 'lower' }
const grpc = { what: 'processor time of a unary gRPC call', unit: 'µs', better: 'lower' }
const workers = { what: 'requests with two workers', unit: '/s', better: 'higher' }
const all = [cpu, rate, many, churn, added50, added99, socket, grpc, workers]

export async function run({ rounds, log, wanted }) {
  if (!all.some(({ what }) => wanted(what))) return []
  const figures = new Map()
  const add = ({ what, unit, better }, peerName, ours, peer) => {
    const name = `${what} ${peerName}`
    const known = figures.get(name) ?? { what, unit, better, peerName, ours: [], peer: [] }
    figures.set(name, known)
    known.ours.push(ours)
    if (peer !== undefined) known.peer.push(peer)
  }
  const bench = await Bench.start(log)
  try {
    for (let round = 0; round < (isShort ? 1 : rounds); round++) {
      log(`round ${round + 1}`)
      await bench.round(round, add, wanted)
    }
  } finally {
    await bench.stop()
  }
  return [...figures.values()]
    .filter(({ what }) => wanted(what))
    .map(({ what, unit, better, peerName, ours, peer }) => row(what, unit, better, peerName, ours, peer))
}

class Bench {
  #stops = []
  #sides = {}

  static async start(log) {
    const bench = new Bench()
    try {
      await bench.#start(log)
      return bench
    } catch (error) {
      await bench.stop()
      throw error
    }
  }

  async stop() {
    for (const stop of this.#stops.splice(0).reverse()) await stop()
  }

  async round(number, add, wanted) {
    const { ours, one, two, many: large, waypost, instance, wrk, h2load } = this
    const load = (side) => measured(side, () => httpLoad({ wrk, port: side.port, forMs, key }))
    const peers = Object.entries(this.#sides)
    let quiet
    if ([cpu, rate, churn, added50, added99].some(({ what }) => wanted(what))) {
      const found = []
      const measure = [['ours', ours], ...peers]
      for (const [kind, side] of number % 2 === 0 ? measure : measure.toReversed()) found.push([kind, await load(side)])
      const results = Object.fromEntries(found)
      quiet = results.ours
      for (const kind of peers.length > 0 ? peers.map(([name]) => name) : [undefined]) {
        add(cpu, kind, quiet.cpuMicros, results[kind]?.cpuMicros)
        add(rate, kind, quiet.answered / (forMs / 1_000), results[kind] && results[kind].answered / (forMs / 1_000))
      }
    }
    if (wanted(many.what)) add(many, 'one route', (await load(large)).cpuMicros, (await load(ours)).cpuMicros)
    if (wanted(churn.what)) {
      const changing = new AbortController()
      const changes = change(waypost, instance, changing.signal)
      const busy = await load(ours)
      changing.abort()
      await changes
      add(churn, 'quiet', busy.p99Ms, quiet.p99Ms)
    }
    if (h2load !== undefined && (wanted(added50.what) || wanted(added99.what))) {
      const perSecond = quiet.answered / (forMs / 1_000) / 2
      const steady = (port) => steadyLoad({ h2load, port, perSecond, forMs, key })
      const direct = await steady(this.upstream.port)
      const through = await steady(ours.port)
      const nginx = this.#sides.nginx && (await steady(this.#sides.nginx.port))
      add(added50, nginx && 'nginx', through.p50Ms - direct.p50Ms, nginx && nginx.p50Ms - direct.p50Ms)
      add(added99, nginx && 'nginx', through.p99Ms - direct.p99Ms, nginx && nginx.p99Ms - direct.p99Ms)
    }
    await this.#streams(add, wanted)
    if (two !== undefined && wanted(workers.what)) {
      add(
        workers,
        'one worker',
        (await load(two)).answered / (forMs / 1_000),
        (await load(one)).answered / (forMs / 1_000),
      )
    }
  }

  async #streams(add, wanted) {
    const { ours, h2load } = this
    const { nginx } = this.#sides
    const both = async (definition, measure) => {
      const found = await measured(ours, () => measure(ours))
      const peer = nginx && (await measured(nginx, () => measure(nginx)))
      add(definition, nginx && 'nginx', found.cpuMicros, peer?.cpuMicros)
    }
    if (wanted(socket.what)) await both(socket, webSocketLoad)
    if (h2load === undefined || !wanted(grpc.what)) return
    const calls = isShort ? 200 : 20_000
    await both(grpc, async ({ port, grpcPort = port }) => ({
      answered: await grpcLoad({ h2load, port: grpcPort, calls, key }),
    }))
  }

  async #start(log) {
    const nginx = isShort ? undefined : findProgram('nginx')
    this.wrk = isShort ? undefined : findProgram('wrk')
    this.h2load = isShort ? undefined : findProgram('h2load')
    for (const [name, path] of Object.entries({ nginx, wrk: this.wrk, h2load: this.h2load })) {
      if (path === undefined && !isShort) log(`${name} is not installed: what needs it is left out`)
    }
    const store = await startWaypost(['--memory', '--no-hub'])
    this.#stops.push(() => store.stop())
    const { connect } = await import('waypost')
    this.waypost = await connect({ endpoints: `http://127.0.0.1:${store.port}`, env: {}, logger: false })
    this.#stops.push(() => this.waypost.close())
    const start = async (kind, spec) => this.#kept(await startSide(kind, { key, ...spec }))
    const hello = "location / { return 200 'hello world, this is an instance\\n'; }"
    this.upstream = nginx
      ? this.#kept(await startNginx(nginx, (port) => `server { listen 127.0.0.1:${port}; ${hello} }`))
      : await start('upstream', {})
    const grpcSide = await start('grpc', {})
    const sockets = await start('web-socket', {})
    const { registry } = this.waypost
    const instance = (id, weight = 1) => ({ service: 'bench', id, host: '127.0.0.1', port: this.upstream.port, weight })
    this.instance = instance
    await Promise.all(Array.from({ length: 10 }, (_, index) => registry.register(instance(`i${index}`))))
    await registry.register({ service: 'bench-grpc', host: '127.0.0.1', port: grpcSide.port })
    await registry.register({ service: 'bench-sockets', host: '127.0.0.1', port: sockets.port })
    this.ours = await start('waypost', { store: store.port })
    this.many = await start('waypost', { store: store.port, routes: manyRoutes })
    if (isShort) return
    this.one = await start('workers', { store: store.port, workers: 1 })
    this.two = await start('workers', { store: store.port, workers: 2 })
    for (const kind of ['reply-from', 'http-proxy-3'].filter(isInstalled)) {
      this.#sides[kind] = await start(kind, { upstream: this.upstream.port })
    }
    const ports = { upstream: this.upstream.port, grpc: grpcSide.port, sockets: sockets.port }
    if (nginx)
      this.#sides.nginx = this.#kept(await startNginx(nginx, (port, grpcPort) => nginxProxy(port, grpcPort, ports)))
    for (const { port } of [this.ours, this.many, this.one, this.two, ...Object.values(this.#sides)]) {
      await this.#warmUp(port)
    }
  }

  /** The first requests are slower everywhere, until what is used often has been compiled. */
  async #warmUp(port) {
    let answered = 0
    for (let load = 0; load < 8 && answered < 40_000; load++) {
      answered += (await httpLoad({ wrk: this.wrk, port, forMs, key })).answered
    }
  }

  #kept(side) {
    this.#stops.push(() => side.stop())
    return side
  }
}

/** HTTP/1.1 and HTTP/2 on ports of their own, as nginx of Debian cannot tell them apart in clear text. */
function nginxProxy(port, grpcPort, { upstream, grpc: calls, sockets }) {
  return `upstream bench { ${`server 127.0.0.1:${upstream};`.repeat(10)} keepalive 128; }
    upstream calls { server 127.0.0.1:${calls}; keepalive 16; }
    server { listen 127.0.0.1:${port};
      location / { proxy_pass http://bench; proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; }
      location /bench/socket { proxy_pass http://127.0.0.1:${sockets}; proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; }
    }
    server { listen 127.0.0.1:${grpcPort} http2; location / { grpc_pass grpc://calls; } }`
}

async function webSocketLoad({ port }) {
  const file = fileURLToPath(new URL('./lib/web-socket-load.js', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [file, JSON.stringify({ port, forMs, key })])
  return JSON.parse(stdout)
}

/** What a load found, with the processor time that the side took for each answer. */
async function measured(side, load) {
  const before = await side.cpuMicros()
  const found = await load()
  return { ...found, cpuMicros: ((await side.cpuMicros()) - before) / found.answered }
}

/** Another weight for one of the instances, 100 times a second. */
async function change(waypost, instance, signal) {
  const registration = await waypost.registry.register(instance('changing'))
  for (let weight = 1; !signal.aborted; weight = (weight % 10) + 1) {
    await Promise.all([registration.update({ weight }), new Promise((resolve) => setTimeout(resolve, 10))])
  }
  await registration.deregister()
}

function isInstalled(kind) {
  try {
    createRequire(new URL('./peers/package.json', import.meta.url)).resolve(
      kind === 'reply-from' ? '@fastify/reply-from' : kind,
    )
    return true
  } catch {
    return false
  }
}

async function startSide(kind, spec) {
  const file = fileURLToPath(new URL('./lib/gateway-side.js', import.meta.url))
  const child = spawn(process.execPath, [file, kind, JSON.stringify(spec)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = once(child, 'exit')
  const next = async () => Number((await Promise.race([lines.next(), exited])).value)
  return {
    port: await next(),
    cpuMicros: async () => {
      child.stdin.write('\n')
      return await next()
    },
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}
