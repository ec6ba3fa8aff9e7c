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
const routeNumbers = isShort ? [100] : [100, 10_000]
const key = 'a key for the benchmark alone'

const cpu = { what: 'processor time of a request', unit: 'µs', better: 'lower' }
const rate = { what: 'requests', unit: '/s', better: 'higher' }
const many = routeNumbers.map((routes) => ({
  routes,
  row: { what: `processor time with ${routes} routes`, unit: 'µs', better: 'lower' },
}))
const churn = { what: 'p99 while the registry changes 100 times a second', unit: 'ms', better: 'lower' }
const added50 = { what: 'added latency at half of full load, p50', unit: 'ms', better: 'lower' }
const added99 = { what: 'added latency at half of full load, p99', unit: 'ms', better: 'lower' }
const socket = { what: 'processor time of a WebSocket message, there and back', unit: 'µs', better: 'lower' }
const grpc = { what: 'processor time of a unary gRPC call', unit: 'µs', better: 'lower' }
const workers = { what: 'requests with two workers', unit: '/s', better: 'higher' }
const workersCpu = { what: 'processor time of a request with two workers', unit: 'µs', better: 'lower' }
const all = [
  ...[cpu, rate, ...many.map(({ row }) => row), churn],
  ...[added50, added99, socket, grpc, workers, workersCpu],
]

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
  const bench = await Bench.start(log, wanted)
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

/** What is measured, and no more than is wanted. */
class Bench {
  #stops = []
  #peers = {}
  #byRoutes = {}

  static async start(log, wanted) {
    const bench = new Bench()
    try {
      await bench.#start(log, (...rows) => rows.some(({ what }) => wanted(what)))
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
    const { ours, two, waypost, instance } = this
    const { nginx } = this.#peers
    const perSecond = ({ answered }) => answered / (forMs / 1_000)
    let quiet
    if (wanted(cpu.what) || wanted(rate.what)) {
      const found = []
      const measure = [['ours', ours], ...Object.entries(this.#peers)]
      for (const [kind, side] of number % 2 === 0 ? measure : measure.toReversed())
        found.push([kind, await this.#load(side)])
      const { ours: own, ...others } = Object.fromEntries(found)
      quiet = own
      for (const [kind, peer] of Object.keys(others).length > 0 ? Object.entries(others) : [[]]) {
        add(cpu, kind, own.cpuMicros, peer?.cpuMicros)
        add(rate, kind, perSecond(own), peer && perSecond(peer))
      }
    }
    for (const { row, routes } of many.filter(({ row }) => wanted(row.what))) {
      const [large, one] = [await this.#load(this.#byRoutes[routes]), await this.#load(this.#byRoutes[1])]
      add(row, 'one route', large.cpuMicros, one.cpuMicros)
    }
    if (wanted(churn.what)) {
      quiet ??= await this.#load(ours)
      const changing = new AbortController()
      const changes = change(waypost, instance, changing.signal)
      const busy = await this.#load(ours)
      changing.abort()
      await changes
      add(churn, 'quiet', busy.p99Ms, quiet.p99Ms)
    }
    if (this.h2load !== undefined && (wanted(added50.what) || wanted(added99.what))) {
      quiet ??= await this.#load(ours)
      const steady = ({ port }) =>
        steadyLoad({ h2load: this.h2load, port, perSecond: perSecond(quiet) / 2, forMs, key })
      const direct = await steady(this.upstream)
      const through = await steady(ours)
      const peer = nginx && (await steady(nginx))
      add(added50, nginx && 'nginx', through.p50Ms - direct.p50Ms, peer && peer.p50Ms - direct.p50Ms)
      add(added99, nginx && 'nginx', through.p99Ms - direct.p99Ms, peer && peer.p99Ms - direct.p99Ms)
    }
    await this.#streams(add, wanted)
    if (two !== undefined) {
      const [both, one] = [await this.#load(two), await this.#load(ours)]
      add(workers, 'one worker', perSecond(both), perSecond(one))
      add(workersCpu, 'one worker', both.cpuMicros, one.cpuMicros)
    }
  }

  #load(side) {
    return measured(side, () => httpLoad({ wrk: this.wrk, port: side.port, forMs, key }))
  }

  async #streams(add, wanted) {
    const { ours, h2load } = this
    const { nginx } = this.#peers
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

  async #start(log, needs) {
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
    const { registry } = this.waypost
    const start = async (kind, spec) => this.#kept(await startSide(kind, { key, store: store.port, ...spec }))
    const ports = {}
    const instances = async (service, side) => {
      await registry.register({ service, host: '127.0.0.1', port: side.port })
      return side.port
    }
    if (needs(grpc)) ports.grpc = await instances('bench-grpc', await start('grpc', {}))
    if (needs(socket)) ports.sockets = await instances('bench-sockets', await start('web-socket', {}))
    const hello = "location / { return 200 'hello world, this is an instance\\n'; }"
    this.upstream = nginx
      ? this.#kept(await startNginx(nginx, (port) => `server { listen 127.0.0.1:${port}; ${hello} }`))
      : await start('upstream', {})
    ports.upstream = this.upstream.port
    this.instance = (id, weight = 1) => ({ service: 'bench', id, host: '127.0.0.1', port: ports.upstream, weight })
    await Promise.all(Array.from({ length: 10 }, (_, index) => registry.register(this.instance(`i${index}`))))
    // As `waypost gateway` runs; the tests take what starts sooner.
    this.ours = await start(isShort ? 'waypost' : 'workers', { workers: 1 })
    // In a process by itself: the document of 10,000 routes is larger than what a store takes.
    for (const { routes } of many.filter(({ row }) => needs(row))) {
      this.#byRoutes[routes] = await start('waypost', { routes })
      this.#byRoutes[1] ??= await start('waypost', {})
    }
    if (isShort) return
    if (needs(workers, workersCpu)) this.two = await start('workers', { workers: 2 })
    for (const kind of ['reply-from', 'http-proxy-3'].filter(isInstalled)) {
      if (needs(cpu, rate)) this.#peers[kind] = await start(kind, { upstream: ports.upstream })
    }
    if (nginx && needs(cpu, rate, added50, added99, socket, grpc)) {
      this.#peers.nginx = this.#kept(await startNginx(nginx, (port, grpcPort) => nginxProxy(port, grpcPort, ports)))
    }
    const sides = [this.ours, this.two, ...Object.values(this.#byRoutes), ...Object.values(this.#peers)]
    for (const side of sides) if (side !== undefined) await this.#warmUp(side.port)
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
function nginxProxy(port, grpcPort, { upstream, grpc: calls = upstream, sockets = upstream }) {
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
