import { Resolver } from 'node:dns/promises'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { EtcdClient } from '@waypost/client'
import { makeTempDir, patienceMs, removeTempDir, startStore, until } from '@waypost/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Balancer, EventReader, type HubProcess, startHubProcess, stopHubProcess } from './hub-process.test-support.ts'

const isLong = process.env.WAYPOST_LONG !== undefined
/** The long forms start many hubs, beside a thousand readers. */
const timeoutMs = isLong ? 600_000 : 120_000

let directory: string
let store: Awaited<ReturnType<typeof startStore>>
let etcd: EtcdClient
let hubs: HubProcess[]
let readers: EventReader[]
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  directory = makeTempDir('hub-faults')
  store = await startStore({ dataDir: directory })
  etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs, logger: false })
  hubs = []
  readers = []
})

afterEach(async () => {
  for (const reader of readers) reader.close()
  for (const close of closing.splice(0)) await close()
  for (const { program } of hubs) await program.kill()
  await etcd.close()
  await store.close()
  await removeTempDir(directory)
})

async function startHub(options: Parameters<typeof startHubProcess>[1] = {}): Promise<HubProcess> {
  const hub = await startHubProcess(store.url, options)
  hubs.push(hub)
  return hub
}

const addedIn = (data: string): string[] => {
  const { added }: { added: readonly { id: string }[] } = JSON.parse(data)
  return added.map(({ id }) => id)
}
const keysIn = (data: string): string[] => {
  const { events }: { events: readonly { key: string }[] } = JSON.parse(data)
  return events.map(({ key }) => key.slice(key.lastIndexOf('/') + 1))
}

/** Half of them read the instances of a service, the others its keys. */
async function startReaders(url: string, count: number): Promise<void> {
  const [list, keys] = [`${url}/v1/names/user/instances?status=any`, `${url}/v1/watch?prefix=%2Fservices%2Fuser%2F`]
  for (let index = 0; index < count; index++) {
    readers.push(index % 2 === 0 ? new EventReader(list, addedIn) : new EventReader(keys, keysIn))
    if (index % 100 === 99) await until('They have begun', () => readers.every(({ hasBegun }) => hasBegun))
  }
  await until('All have begun', () => readers.every(({ hasBegun }) => hasBegun))
}

/** Registers instances, each by a change of its own, while something else happens. Resolves with their ids. */
async function registering(during: () => Promise<void>, pauseMs: number): Promise<string[]> {
  const ids: string[] = []
  let isOver = false
  const work = during().finally(() => {
    isOver = true
  })
  while (!isOver || ids.length < 20) {
    const id = String(ids.length).padStart(6, '0')
    await etcd.kv.put(`/services/user/${id}`, `10.${ids.length >> 8}.${ids.length & 255}.1:80`)
    ids.push(id)
    await sleep(pauseMs)
  }
  await work
  return ids
}

async function expectAllSeen(ids: readonly string[]): Promise<void> {
  const last = ids.at(-1)
  await until('All have seen the last one', () => readers.every(({ seen }) => seen.at(-1) === last))
  for (const { seen, others } of readers) {
    const [lost, repeated] = [ids.filter((id) => !seen.includes(id)), seen.filter((id, at) => seen.indexOf(id) !== at)]
    const unwanted = others.filter((name) => name !== 'snapshot' && name !== 'end')
    expect({ lost, repeated, unwanted }).toEqual({ lost: [], repeated: [], unwanted: [] })
    expect(seen).toEqual(ids)
  }
}

test(
  'readers of events lose nothing, and see nothing twice, when their hub is killed and comes back',
  async () => {
    const { port, url } = await startHub()
    await startReaders(url, isLong ? 1_000 : 30)
    const ids = await registering(
      async () => {
        for (let kill = 0; kill < (isLong ? 4 : 1); kill++) {
          await sleep(isLong ? 2_000 : 200)
          await hubs.pop()?.program.kill()
          await startHub({ port })
          await until('All are back', () => readers.every(({ connections }) => connections > kill + 1))
        }
      },
      isLong ? 40 : 20,
    )
    await expectAllSeen(ids)
  },
  timeoutMs,
)

test(
  'hubs are replaced one after the other behind a balancer, and no request fails',
  async () => {
    const [first, second] = [await startHub(), await startHub()]
    const balancer = await Balancer.start([first.port, second.port])
    closing.push(() => balancer.close())
    const { status, body } = await send(balancer.url, 'POST', '/v1/sessions', { body: '{}' })
    expect(status).toBe(201)
    const { session }: { session: string } = JSON.parse(body)
    await startReaders(balancer.url, isLong ? 100 : 20)
    const failures: unknown[] = []
    let answers = 0
    let isOver = false
    const client = async (index: number): Promise<void> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      while (!isOver) {
        const [method, path] =
          index % 2 === 0 ? ['GET', '/v1/names/user/instances'] : ['POST', `/v1/sessions/${session}/heartbeat`]
        const answer = await send(balancer.url, method, path, { agent }).catch((error: unknown) => ({
          status: String(error),
        }))
        if (answer.status === 200) answers += 1
        else failures.push(answer)
        // An idle connection is what a restart meets most often.
        await sleep(isLong ? index : 4 * index)
      }
      agent.destroy()
    }
    const clients = Array.from({ length: 16 }, (_, index) => client(index))
    const ids = await registering(async () => {
      for (let round = 0; round < (isLong ? 5 : 1); round++) {
        for (const old of hubs.splice(0)) {
          const next = await startHub()
          balancer.add(next.port)
          await stopHubProcess(old)
        }
      }
    }, 20)
    isOver = true
    await Promise.all(clients)
    expect(failures).toEqual([])
    expect(answers).toBeGreaterThan(100)
    await expectAllSeen(ids)
  },
  timeoutMs,
)

test('while the store is away, reads go on marked as stale, and so does the DNS', async () => {
  const port = store.port
  await etcd.kv.put('/services/user/a', '10.0.0.1:80')
  const hub = await startHub({ dns: true })
  await startReaders(hub.url, 2)
  const list = async (): Promise<{ staleSince?: string; instances: readonly { id: string }[]; status: number }> => {
    const { status, body } = await send(hub.url, 'GET', '/v1/names/user/instances')
    return { ...JSON.parse(body), status }
  }
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${hub.dnsPort}`])
  const addresses = () => resolver.resolve4('user.service.waypost.internal')
  await until('the DNS knows it', () => addresses().then(Boolean, () => false))
  await list()
  await store.close()
  await until('It is marked', async () => (await list()).staleSince !== undefined)
  const awayMs = isLong ? 60_000 : 500
  for (const endMs = performance.now() + awayMs; performance.now() < endMs; ) {
    expect(await list()).toMatchObject({ status: 200, instances: [{ id: 'a' }], staleSince: expect.any(String) })
    expect(await addresses()).toEqual(['10.0.0.1'])
    await sleep(100)
  }
  await until('Readers are told', () => readers[0]?.others.includes('stale'))
  store = await startStore({ dataDir: directory, port })
  await until('It is marked no more', async () => (await list()).staleSince === undefined)
  await etcd.kv.put('/services/user/b', '10.0.0.2:80')
  await until('What is new is told', () => readers.every(({ seen }) => seen.at(-1) === 'b'))
  expect(readers[0]?.others).toEqual(['snapshot', 'stale', 'current'])
  await until('The DNS has it', async () => (await addresses()).length === 2)
})

function send(
  url: string,
  method: string,
  path: string,
  { agent, body: sentBody }: { readonly agent?: Agent; readonly body?: string } = {},
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, ...(agent && { agent }) }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode, body }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(sentBody)
  })
}
