// The hub: a list of 100 instances over HTTP beside a bare Fastify that sends the same bytes, heartbeats of sessions, and
// a change told to many readers of server-sent events.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import { Pool } from 'undici'
import { row } from './measure.js'

const isShort = process.env.WAYPOST_BENCH === 'short'
const listMs = isShort ? 100 : 5_000
const jsonHeaders = { 'content-type': 'application/json' }
const connections = isShort ? 8 : 64
const readers = isShort ? 50 : 1_000

const listWhat = 'list of 100 instances over HTTP'
const heartbeatWhat = 'heartbeats of sessions over HTTP'
const fanOutWhat = `a change to ${readers} readers of events, the last one told`

export async function measureHttp({ rounds, log, wanted }) {
  if (![listWhat, heartbeatWhat, fanOutWhat].some(wanted)) return []
  const server = await startServer(100)
  try {
    const lists = { ours: [], peer: [] }
    const heartbeats = []
    const toldMs = []
    for (let round = 0; round < (isShort ? 1 : rounds); round++) {
      if (wanted(listWhat)) {
        log(`round ${round + 1}: ${listWhat}`)
        const sides = round % 2 === 0 ? ['hub', 'bare'] : ['bare', 'hub']
        for (const side of sides) lists[side === 'hub' ? 'ours' : 'peer'].push(await listsPerSecond(server.urls[side]))
      }
      if (wanted(heartbeatWhat)) {
        log(`round ${round + 1}: ${heartbeatWhat}`)
        heartbeats.push(await heartbeatsPerSecond(server.urls.hub))
      }
      if (wanted(fanOutWhat)) {
        log(`round ${round + 1}: ${fanOutWhat}`)
        toldMs.push(await fanOut(server.urls))
      }
    }
    return [
      ...(lists.ours.length > 0 ? [row(listWhat, '/s', 'higher', 'bare Fastify', lists.ours, lists.peer)] : []),
      ...(heartbeats.length > 0 ? [row(heartbeatWhat, '/s', 'higher', undefined, heartbeats, [])] : []),
      ...(toldMs.length > 0 ? [row(fanOutWhat, 'ms', 'lower', undefined, toldMs, [])] : []),
    ]
  } finally {
    await server.stop()
  }
}

async function startServer(instances) {
  const script = fileURLToPath(new URL('hub-load-server.js', import.meta.url))
  const child = spawn(process.execPath, [script, String(instances)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const exited = once(child, 'exit')
  return {
    urls: JSON.parse(line.toString()),
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

function listsPerSecond(url) {
  return requestsPerSecond(url, { path: '/v1/names/user/instances', method: 'GET' })
}

async function heartbeatsPerSecond(url) {
  const answer = await fetch(`${url}/v1/sessions`, { method: 'POST', body: '{}', headers: jsonHeaders })
  const { session } = await answer.json()
  return requestsPerSecond(url, { path: `/v1/sessions/${session}/heartbeat`, method: 'POST' })
}

async function requestsPerSecond(url, request) {
  const pool = new Pool(url, { connections })
  let answers = 0
  const untilMs = performance.now() + listMs
  const loop = async () => {
    while (performance.now() < untilMs) {
      const { statusCode, body } = await pool.request(request)
      await body.dump()
      if (statusCode !== 200) throw new Error(`${request.path} answered ${statusCode}.`)
      answers += 1
    }
  }
  const beganMs = performance.now()
  await Promise.all(Array.from({ length: connections }, loop))
  const seconds = (performance.now() - beganMs) / 1_000
  await pool.close()
  return answers / seconds
}

async function fanOut({ hub, store }) {
  const requests = await Promise.all(Array.from({ length: readers }, () => reader(hub)))
  const etcd = new EtcdClient({ endpoints: store })
  const told = requests.map(({ response }) => nextChange(response))
  const beganMs = performance.now()
  const record = { host: '10.0.0.9', port: 1, weight: Math.round(Math.random() * 1_000) }
  await etcd.kv.put('/services/user/user-00000', JSON.stringify(record))
  await Promise.all(told)
  const lastMs = performance.now() - beganMs
  for (const { request } of requests) request.destroy()
  await etcd.close()
  return lastMs
}

async function reader(hub) {
  const request = get(`${hub}/v1/names/user/instances?watch=true`, { agent: false })
  const [response] = await once(request, 'response')
  request.on('error', () => {})
  response.on('error', () => {})
  await once(response, 'data')
  return { request, response }
}

function nextChange(response) {
  return new Promise((resolve) => {
    response.on('data', (chunk) => {
      if (chunk.includes('event: change')) resolve()
    })
  })
}
