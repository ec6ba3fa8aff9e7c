// DNS of a service of 10 instances: the hub's beside CoreDNS with its etcd plugin, on a store of its own.
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { hasCoreDns, startCoreDns } from './coredns.js'
import { askInTurn, dnsLoad, hasDnsperf, latencyAt, questionBytes } from './dns-load.js'
import { row } from './measure.js'
import { startWaypost } from './processes.js'

const isShort = process.env.WAYPOST_BENCH === 'short'
const instances = 10
const seconds = 3
const ours = 'web.service.waypost.internal'
const theirs = 'web.local'

const types = [
  { type: 'A', number: 1 },
  { type: 'SRV', number: 33 },
].map((each) => ({ ...each, what: `DNS ${each.type} of ${instances} instances` }))
const peers = [
  { name: 'CoreDNS with etcd', cacheSeconds: 0 },
  { name: 'CoreDNS with etcd and cache 5', cacheSeconds: 5 },
]

const inTurnRows = (what) => [`${what}, one after the other`, `${what}, records in an answer`]
const besideRows = (what, peer) => [
  `${what}, beside ${peer.name}`,
  `${what}, beside ${peer.name}, p99 at 2,000 a second`,
]

export async function measureDns({ rounds, log, wanted }) {
  const figures = new Map()
  const add = (what, unit, better, peerName, ours, peer) => {
    // Without both there is no ratio.
    if (ours === undefined || (peerName !== undefined && hasCoreDns && peer === undefined) || !wanted(what)) return
    const known = figures.get(what) ?? { definition: [what, unit, better, peerName], ours: [], peer: [] }
    figures.set(what, known)
    known.ours.push(ours)
    if (peer !== undefined) known.peer.push(peer)
  }
  const measureInTurn = async (port) => {
    for (const { what, number } of types) {
      const [rate, size] = inTurnRows(what)
      if (!wanted(rate) && !wanted(size)) continue
      const { perSecond, records } = await inTurn(port, number, isShort ? 50 : 2_000)
      add(rate, 'q/s', 'higher', undefined, perSecond)
      add(size, 'records', 'higher', undefined, records)
    }
  }
  const isLoaded = hasDnsperf && !isShort
  const titles = types.flatMap(({ what }) =>
    isLoaded ? peers.flatMap((peer) => besideRows(what, peer)) : inTurnRows(what),
  )
  if (!titles.some(wanted)) return []
  const store = await startWaypost(['--memory', '--no-hub'])
  try {
    await register(store.port)
    for (let round = 0; round < (isShort ? 1 : rounds); round++) {
      if (!isLoaded) {
        log(`round ${round + 1}: DNS, one after the other`)
        await withHub(store.port, measureInTurn)
        continue
      }
      for (const { what, type, number } of types) {
        for (const peer of peers) {
          const [rate, latency] = besideRows(what, peer)
          if (!wanted(rate) && !wanted(latency)) continue
          log(`round ${round + 1}: ${rate}`)
          const load = async (port, name) => ({
            perSecond: await dnsLoad({ port, name, type, seconds }),
            p99Ms: await latencyAt({ port, packet: questionBytes(name, number), perSecond: 2_000, seconds: 2 }),
          })
          const own = await withHub(store.port, (port) => load(port, ours))
          const other = hasCoreDns
            ? await withCoreDns(store.port, peer.cacheSeconds, number, (port) => load(port, theirs))
            : undefined
          add(rate, 'q/s', 'higher', peer.name, own.perSecond, other?.perSecond)
          add(latency, 'ms', 'lower', peer.name, own.p99Ms, other?.p99Ms)
        }
      }
    }
  } finally {
    await store.stop()
  }
  return [...figures.values()].map(({ definition, ours, peer }) => row(...definition, ours, peer))
}

/** The same instances for both, each where it looks for them. */
async function register(port) {
  const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
  for (let index = 1; index <= instances; index++) {
    const host = `10.0.0.${index}`
    await etcd.kv.put(`/services/web/${index}`, `${host}:3000`)
    await etcd.kv.put(`/skydns/local/web/x${index}`, JSON.stringify({ host, port: 3000, ttl: 5 }))
  }
  await etcd.close()
}

async function inTurn(port, number, count) {
  return await askInTurn({ port, packet: questionBytes(ours, number), count })
}

async function withHub(storePort, use) {
  const script = fileURLToPath(new URL('hub-dns-server.js', import.meta.url))
  const args = [script, JSON.stringify({ port: storePort })]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    const [line] = await once(child.stdout, 'data')
    const port = Number(line)
    await answersWith(port, ours, 1, instances)
    return await use(port)
  } finally {
    child.kill('SIGTERM')
    await exited
  }
}

async function withCoreDns(etcdPort, cacheSeconds, number, use) {
  const port = await freeUdpPort()
  const coredns = startCoreDns({ port, etcdPort, cacheSeconds })
  try {
    await answersWith(port, theirs, number, instances)
    return await use(port)
  } finally {
    await coredns.stop()
  }
}

async function answersWith(port, name, number, records) {
  const packet = questionBytes(name, number)
  for (let tries = 0; tries < 200; tries++) {
    const found = await askInTurn({ port, packet, count: 1 }).catch(() => undefined)
    if (found?.records === records) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`The DNS on port ${port} does not give ${records} records for ${name}.`)
}

async function freeUdpPort() {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}
