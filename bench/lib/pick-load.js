// What choosing one of many instances costs: `node pick-load.js '{"library":"waypost"|"moleculer"|"nacos",…}'`.
import { createRequire } from 'node:module'
import { scaled } from './scale.js'

const { library, algorithm, instances, limitMs } = JSON.parse(process.argv[2])
const requirePeer = createRequire(new URL('../peers/package.json', import.meta.url))
const weightOf = (index) => (algorithm.endsWith('mixed weights') ? 1 + (index % 7) : 1)

const libraries = {
  async waypost() {
    const { LoadBalancer } = await import('../../packages/registry/dist/balance/load-balancer.js')
    const { resolveBalance } = await import('../../packages/registry/dist/balance/balance-options.js')
    const { readInstance } = await import('../../packages/registry/dist/record/read-instance.js')
    const list = Array.from({ length: instances }, (_, index) => {
      const record = { host: '10.0.0.1', port: 1 + (index % 60_000), weight: weightOf(index) }
      return readInstance(`/services/user/i${index}`, Buffer.from(JSON.stringify(record)), 1n).instance
    })
    const [name] = algorithm.split(', ')
    const balancer = new LoadBalancer(resolveBalance({ algorithm: name }, name), list)
    for (const instance of list) {
      balancer.begin(instance)
      balancer.report(instance, { result: 'ok', latencyMs: 10 + Math.random() })
    }
    if (name !== 'rendezvous') return () => balancer.pick()
    // So many that none is met again before it is forgotten, where keys are to be new.
    const keys = Array.from({ length: algorithm.endsWith('in turn') ? 1_000 : 100_000 }, (_, key) => ({
      key: `c-${key}`,
    }))
    let next = 0
    return () => balancer.pick(keys[next++ % keys.length])
  },
  async moleculer() {
    const { ServiceBroker, Strategies } = requirePeer('moleculer')
    // What its broker selects with is not exported.
    const EndpointList = requirePeer('./node_modules/moleculer/src/registry/endpoint-list.js')
    const ActionEndpoint = requirePeer('./node_modules/moleculer/src/registry/endpoint-action.js')
    const broker = new ServiceBroker({ logger: false, nodeID: 'self' })
    const Strategy = Strategies.resolve({ 'round-robin': 'RoundRobin', random: 'Random' }[algorithm])
    const list = new EndpointList(broker.registry, broker, 'user.get', null, ActionEndpoint, Strategy)
    for (let index = 0; index < instances; index++) {
      const node = { id: `node-${index}`, available: true }
      list.endpoints.push(new ActionEndpoint(broker.registry, broker, node, { name: 'user' }, { name: 'user.get' }))
    }
    return () => list.next()
  },
  async nacos() {
    const { NacosNamingClient } = requirePeer('nacos-naming')
    const hosts = Array.from({ length: instances }, (_, index) => ({
      ip: '10.0.0.1',
      port: 1 + index,
      healthy: true,
      enabled: true,
      weight: 1,
    }))
    // Its own selection, over a list that it has already; it leaves the choice among them to the caller.
    const client = { _hostReactor: { getServiceInfo: async () => ({ hosts }) } }
    const select = NacosNamingClient.prototype.selectInstances
    return async () => {
      const healthy = await select.call(client, 'user')
      return healthy[Math.floor(Math.random() * healthy.length)]
    }
  },
}

const pick = await libraries[library]()
const run = library === 'nacos' ? runAsync : runSync
await run(scaled({ leastPicks: 200_000, limitMs: 500 }, { leastPicks: 1_000, limitMs: 1 }))
const heapBefore = process.memoryUsage().heapUsed
const cpuBefore = process.cpuUsage()
const picks = await run({ leastPicks: 0, limitMs })
// Processor time, as the machine may be busy with something else; collecting garbage counts.
const { user, system } = process.cpuUsage(cpuBefore)
const bytesPerPick = Math.max(0, process.memoryUsage().heapUsed - heapBefore) / picks
console.log(JSON.stringify({ nsPerPick: ((user + system) * 1000) / picks, bytesPerPick }))
process.exit(0)

/** Until there were so many picks and the time is over, or four times the time. */
function isOver(picks, startedMs, { leastPicks, limitMs }) {
  const elapsedMs = performance.now() - startedMs
  return (picks >= leastPicks && elapsedMs >= limitMs) || elapsedMs >= 4 * limitMs
}

function runSync(limits) {
  const startedMs = performance.now()
  let picks = 0
  while (!isOver(picks, startedMs, limits)) {
    for (let count = 0; count < 1000; count++) if (pick() === undefined) throw new Error('nothing was picked')
    picks += 1000
  }
  return picks
}

async function runAsync(limits) {
  const startedMs = performance.now()
  let picks = 0
  while (!isOver(picks, startedMs, limits)) {
    for (let count = 0; count < 20; count++) await pick()
    picks += 20
  }
  return picks
}
