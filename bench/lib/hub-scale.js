// How the hub grows: sessions, readers of events, instances in the store.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { EtcdClient, put } from '@waypost/client'
import { findEtcd } from '../../packages/testkit/dist/etcd/find-etcd.js'
import { askInTurn, questionBytes } from './dns-load.js'
import { leaseKeepAlive } from './lease-keep-alive.js'
import { row } from './measure.js'
import { cpuSeconds, residentBytes, settledResidentBytes } from './process-usage.js'
import { startEtcd, startWaypost } from './processes.js'
import { scaled } from './scale.js'

const sessions = scaled(10_000, 50)
const sessionTtlSeconds = 60
const heartbeatsForMs = scaled(10_000, 300)
const readerCounts = scaled([1_000, 10_000], [20])
const instanceCounts = scaled([1_000, 10_000, 100_000], [100])
const perService = 100
const lists = scaled(2_000, 20)
const questions = scaled(5_000, 50)

const { path: etcd } = scaled(findEtcd(), {})

const sessionWhat = '10,000 sessions with heartbeats every 20 s: CPU share of hub and store'

export async function measureScale({ rounds, log, wanted }) {
  const figures = new Map()
  const add = (what, unit, better, ours, peer) => {
    const known = figures.get(what) ?? { unit, better, ours: [], peer: [] }
    figures.set(what, known)
    known.ours.push(ours)
    if (peer !== undefined) known.peer.push(peer)
  }
  for (let round = 0; round < rounds; round++) {
    if (wanted(sessionWhat)) {
      log(`round ${round + 1}: ${sessionWhat}`)
      const ours = await sessionShare()
      const peer =
        etcd === undefined
          ? undefined
          : Object.values(await leaseKeepAlive.measure({ start: () => startEtcd(etcd) }))[0]
      add(sessionWhat, '% of a core', 'lower', ours, peer)
    }
    for (const readers of readerCounts) {
      const what = `a change to ${readers.toLocaleString('en')} readers of events`
      if (!wanted(what)) continue
      log(`round ${round + 1}: ${what}`)
      const { lastMs, bytesPerReader, cpuMs } = await fanOut(readers)
      add(`${what}: the last one told`, 'ms', 'lower', lastMs)
      add(`${what}: CPU of the hub`, 'ms', 'lower', cpuMs)
      if (bytesPerReader !== undefined) add(`${what}: memory for each`, 'bytes', 'lower', bytesPerReader)
    }
    for (const count of instanceCounts) {
      const what = `${count.toLocaleString('en')} instances`
      if (!wanted(what)) continue
      log(`round ${round + 1}: ${what}`)
      for (const [part, unit, better, value] of await growth(count)) {
        if (value !== undefined) add(`${what}: ${part}`, unit, better, value)
      }
    }
  }
  return [...figures].map(([what, { unit, better, ours, peer }]) =>
    row(what, unit, better, peer.length > 0 ? 'etcd, which keeps leases alive' : undefined, ours, peer),
  )
}

async function withHub(use, fill = async () => {}) {
  const store = await startWaypost(['--memory'])
  const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${store.port}` })
  try {
    await fill(etcd)
    const began = { ms: performance.now() }
    const hub = await startHub(store.port)
    try {
      return await use({ ...hub, etcd, store, startMs: performance.now() - began.ms })
    } finally {
      await hub.stop()
    }
  } finally {
    await etcd.close()
    await store.stop()
  }
}

async function startHub(port) {
  const script = fileURLToPath(new URL('hub-side.js', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify({ port })], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [line] = await once(child.stdout, 'data')
  return {
    ...JSON.parse(line.toString()),
    pid: child.pid,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

/** Heartbeats at an even pace, as many processes would send them. */
function sessionShare() {
  return withHub(async ({ url, pid, store }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 64 })
    const ids = []
    const opener = async () => {
      while (ids.length < sessions) {
        ids.push(undefined)
        const at = ids.length - 1
        const body = JSON.stringify({ ttlSeconds: sessionTtlSeconds })
        ids[at] = JSON.parse(await post(agent, `${url}/v1/sessions`, body)).session
      }
    }
    await Promise.all(Array.from({ length: 64 }, opener))
    const cpu = () => cpuSeconds(pid) + cpuSeconds(store.pid)
    const perMs = sessions / ((sessionTtlSeconds * 1_000) / 3)
    const beganMs = performance.now()
    const cpuBefore = cpu()
    const answers = []
    let sent = 0
    while (performance.now() - beganMs < heartbeatsForMs) {
      for (; sent < (performance.now() - beganMs) * perMs; sent++) {
        answers.push(post(agent, `${url}/v1/sessions/${ids[sent % sessions]}/heartbeat`))
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await Promise.all(answers)
    const share = ((cpu() - cpuBefore) / ((performance.now() - beganMs) / 1_000)) * 100
    agent.destroy()
    return share
  })
}

function post(agent, url, body = '') {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => {
          if (response.statusCode < 300) resolve(text)
          else reject(new Error(`${url} answered ${response.statusCode}: ${text}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

function fanOut(count) {
  return withHub(async ({ url, pid, etcd }) => {
    await (await fetch(`${url}/v1/names/user/instances`)).arrayBuffer()
    const before = await settledResidentBytes(pid)
    const readers = []
    for (let index = 0; index < count; index++) {
      readers.push(await reader(`${url}/v1/names/user/instances?watch=true`))
    }
    const after = await settledResidentBytes(pid)
    const told = Promise.all(readers.map(({ nextChange }) => nextChange()))
    const cpuBefore = cpuSeconds(pid)
    const beganMs = performance.now()
    await etcd.kv.put('/services/user/a', '10.0.0.1:80')
    await told
    const lastMs = performance.now() - beganMs
    for (const { close } of readers) close()
    return {
      lastMs,
      cpuMs: (cpuSeconds(pid) - cpuBefore) * 1_000,
      bytesPerReader: before === undefined ? undefined : (after - before) / count,
    }
  })
}

async function reader(url) {
  const sent = get(url, { agent: false })
  sent.on('error', () => {})
  const [response] = await once(sent, 'response')
  response.on('error', () => {})
  await once(response, 'data')
  return {
    nextChange: () => once(response, 'data'),
    close: () => sent.destroy(),
  }
}

/** What it costs to begin, to hold, and to answer for one service among so many. */
function growth(count) {
  const fill = async (etcd) => {
    for (let from = 0; from < count; from += perService) {
      const service = `service-${from / perService}`
      const steps = Array.from({ length: perService }, (_, index) => {
        const host = `10.${(from + index) >> 16}.${((from + index) >> 8) & 255}.${(from + index) & 255}`
        return put(`/services/${service}/${index}`, JSON.stringify({ host, port: 80, status: 'up', zone: 'z1' }))
      })
      await etcd
        .txn()
        .do(...steps)
        .commit()
    }
  }
  return withHub(async ({ url, dnsPort, pid, startMs }) => {
    const startCpu = cpuSeconds(pid)
    const path = `${url}/v1/names/service-0/instances`
    await (await fetch(path)).arrayBuffer()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const cpuBefore = cpuSeconds(pid)
    for (let index = 0; index < lists; index++) await read(agent, path)
    const cpuPerList = ((cpuSeconds(pid) - cpuBefore) / lists) * 1e6
    agent.destroy()
    const packet = questionBytes('service-0.service.waypost.internal', 1)
    const dnsBefore = cpuSeconds(pid)
    await askInTurn({ port: dnsPort, packet, count: questions })
    const cpuPerQuestion = ((cpuSeconds(pid) - dnsBefore) / questions) * 1e6
    const bytes = residentBytes(pid)
    return [
      ['from start to ready', 'ms', 'lower', startMs],
      ['CPU until ready', 'ms', 'lower', startCpu * 1_000],
      ['memory of the hub', 'MiB', 'lower', bytes === undefined ? undefined : bytes / 1024 / 1024],
      ['CPU of a list of 100', 'µs', 'lower', cpuPerList],
      ['CPU of a DNS answer', 'µs', 'lower', cpuPerQuestion],
    ]
  }, fill)
}

function read(agent, url) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume()
      response.on('end', resolve)
    }).on('error', reject)
  })
}
