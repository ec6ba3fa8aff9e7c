// The gateway with routes, balancing over ten instances, a rate limit and metrics, beside @fastify/reply-from and
// http-proxy-3 when they are installed (npm install --prefix bench/peers). The processor time of each request says more
// than requests per second, as proxy, instance and load share the machine. `--short` makes it small, for the tests.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { row } from './lib/measure.js'
import { startWaypost } from './lib/processes.js'

const isShort = process.env.WAYPOST_BENCH === 'short'
const forMs = isShort ? 200 : 3_000
const manyRoutes = isShort ? 100 : 10_000

const cpu = { what: 'processor time of a request', unit: 'µs', better: 'lower' }
const rate = { what: 'requests', unit: '/s', better: 'higher' }
const many = { what: `processor time with ${manyRoutes} routes`, unit: 'µs', better: 'lower', peer: 'one route' }
const churn = { what: 'p99 while the registry changes 100 times a second', unit: 'ms', better: 'lower', peer: 'quiet' }

export async function run({ rounds, log, wanted }) {
  const figures = new Map()
  const add = (definition, peerName, ours, peer) => {
    const key = `${definition.what} ${peerName}`
    const known = figures.get(key) ?? { definition, peerName, ours: [], peer: [] }
    figures.set(key, known)
    known.ours.push(ours)
    if (peer !== undefined) known.peer.push(peer)
  }
  if (![cpu, rate, many, churn].some(({ what }) => wanted(what))) return []
  const store = await startWaypost(['--memory', '--no-hub'])
  const sides = []
  const { connect } = await import('waypost')
  const waypost = await connect({ endpoints: `http://127.0.0.1:${store.port}`, env: {}, logger: false })
  const start = async (kind, spec) => {
    const side = await startSide(kind, spec)
    sides.push(side)
    return side
  }
  try {
    const { port: upstream } = await start('upstream', {})
    const instance = (id, weight = 1) => ({ service: 'bench', id, host: '127.0.0.1', port: upstream, weight })
    await Promise.all(Array.from({ length: 10 }, (_, index) => waypost.registry.register(instance(`i${index}`))))
    const ours = await start('waypost', { store: store.port })
    const large = await start('waypost', { store: store.port, routes: manyRoutes })
    const peers = isShort ? [] : ['reply-from', 'http-proxy-3'].filter(isInstalled)
    const others = []
    for (const kind of peers) others.push([kind, await start(kind, { upstream })])
    // The first requests are slower everywhere.
    for (const side of sides.slice(1)) await load(side, forMs / 2)
    for (let round = 0; round < (isShort ? 1 : rounds); round++) {
      log(`round ${round + 1}`)
      const quiet = await load(ours, forMs)
      const found = [[undefined, undefined]]
      for (const [kind, side] of others) found.push([kind, await load(side, forMs)])
      for (const [kind, peer] of found.length > 1 ? found.slice(1) : found) {
        add(cpu, kind, quiet.cpuMicros, peer?.cpuMicros)
        add(rate, kind, quiet.perSecond, peer?.perSecond)
      }
      add(many, many.peer, (await load(large, forMs)).cpuMicros, (await load(ours, forMs)).cpuMicros)
      const changing = new AbortController()
      const changes = change(waypost, instance, changing.signal)
      const busy = await load(ours, forMs)
      changing.abort()
      await changes
      add(churn, churn.peer, busy.p99Ms, quiet.p99Ms)
    }
  } finally {
    for (const side of sides) side.stop()
    await waypost.close()
    await store.stop()
  }
  return [...figures.values()]
    .filter(({ definition }) => wanted(definition.what))
    .map(({ definition: { what, unit, better }, peerName, ours, peer }) =>
      row(what, unit, better, peerName, ours, peer),
    )
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
    stop: () => child.stdin.end(),
  }
}

async function load(side, milliseconds) {
  const file = fileURLToPath(new URL('./lib/gateway-load.js', import.meta.url))
  const before = await side.cpuMicros()
  const spec = JSON.stringify({ port: side.port, forMs: milliseconds })
  const { stdout } = await promisify(execFile)(process.execPath, [file, spec])
  const { answered, failed, p99Ms } = JSON.parse(stdout)
  if (failed > 0) throw new Error(`${failed} requests failed.`)
  const cpuMicros = ((await side.cpuMicros()) - before) / answered
  return { perSecond: answered / (milliseconds / 1_000), cpuMicros, p99Ms }
}
