import { EtcdClient } from '@waypost/client'
import { delay } from '@waypost/core'
import { patienceMs, startStore } from '@waypost/testkit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Receiver } from '../src/webhooks/receiver.test-support.ts'
import { type HubProcess, startHubProcess } from './hub-process.test-support.ts'

const up = JSON.stringify({ host: '10.0.0.1', port: 80 })

let store: Awaited<ReturnType<typeof startStore>>
let etcd: EtcdClient
let receiver: Receiver
let hubs: HubProcess[]

beforeEach(async () => {
  store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs, logger: false })
  receiver = await Receiver.start()
  hubs = []
})

afterEach(async () => {
  for (const { program } of hubs) {
    program.signal('SIGKILL')
    await program.exited
  }
  await receiver.close()
  await etcd.close()
  await store.close()
})

async function startHub(): Promise<HubProcess> {
  const hub = await startHubProcess(store.url)
  hubs.push(hub)
  return hub
}

async function read(url: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await (await fetch(url + path)).json()
  return Object.fromEntries(Object.entries(Object(body)))
}

/** The hub that records at present. */
function recording(): Promise<HubProcess> {
  return vi.waitFor(
    async () => {
      for (const hub of hubs) if ((await read(hub.url, '/v1/timeline/status')).thisHub === 'recording') return hub
      throw new Error('No hub records.')
    },
    { timeout: patienceMs, interval: 100 },
  )
}

/** The instances that came up, as the timeline has them. */
async function recordedUp(count: number): Promise<readonly string[]> {
  const seen: string[] = []
  await vi.waitFor(
    async () => {
      seen.length = 0
      for (let next: unknown = ''; next !== undefined; ) {
        const cursor = next === '' ? '' : `&cursor=${next}`
        const page = await read(hubs[0]?.url ?? '', `/v1/timeline?kind=instance.up&order=oldest&limit=1000${cursor}`)
        seen.push(...namesIn(page.events))
        next = page.next
      }
      expect(seen.length).toBeGreaterThanOrEqual(count)
    },
    { timeout: 4 * patienceMs, interval: 250 },
  )
  return seen
}

function namesIn(list: unknown): string[] {
  return Array.isArray(list) ? list.map((event) => String(event.instance)) : []
}

test('hubs that are killed leave neither gap nor double in the timeline, and lose no webhook', async () => {
  await startHub()
  await recording()
  const made = await fetch(`${hubs[0]?.url}/v1/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: receiver.url, kinds: ['instance.up'] }),
  })
  expect(made.status).toBe(201)
  const expected: string[] = []
  let isWriting = true
  const writing = (async () => {
    for (let count = 0; isWriting; count++) {
      await etcd.kv.put(`/services/user/${count}`, up)
      expected.push(String(count))
      await delay(5)
    }
  })()
  const kills = process.env.WAYPOST_LONG === undefined ? 2 : 8
  for (let kill = 0; kill < kills; kill++) {
    const [victim, heir] = [await recording(), await startHub()]
    const before = expected.length
    await vi.waitFor(() => expect(expected.length).toBeGreaterThan(before + 50), { timeout: patienceMs })
    hubs = [heir]
    victim.program.signal('SIGKILL')
    await victim.program.exited
    await recording()
  }
  isWriting = false
  await writing
  expect(await recordedUp(expected.length)).toEqual(expected)
  const last = expected.at(-1) ?? ''
  const delivered = () => receiver.received.flatMap(({ body }) => namesIn(JSON.parse(body).events))
  await vi.waitFor(() => expect(delivered()).toContain(last), { timeout: patienceMs })
  // Each at least once, and the first time in their order.
  expect([...new Set(delivered())]).toEqual(expected)
})

test('a thousand changes in a second are all recorded, in their order, also over a kill', async () => {
  const seconds = process.env.WAYPOST_LONG === undefined ? 1 : 20
  const perTurn = 10
  const turnMs = 10
  await startHub()
  await recording()
  const heir = await startHub()
  const puts: Promise<{ readonly id: string; readonly revision: bigint }>[] = []
  const beganMs = performance.now()
  let isKilled = false
  for (let turn = 0; turn < (seconds * 1_000) / turnMs; turn++) {
    for (let index = 0; index < perTurn; index++) {
      const id = String(turn * perTurn + index)
      puts.push(etcd.kv.put(`/services/user/${id}`, up).then(({ revision }) => ({ id, revision })))
    }
    if (!isKilled && turn * turnMs > seconds * 500) {
      isKilled = true
      const victim = await recording()
      hubs = hubs.filter((hub) => hub !== victim)
      victim.program.signal('SIGKILL')
    }
    await delay(Math.max(0, beganMs + turn * turnMs - performance.now()))
  }
  const made = (await Promise.all(puts)).sort((a, b) => Number(a.revision - b.revision))
  const perSecond = made.length / ((performance.now() - beganMs) / 1_000)
  console.log(`${made.length} changes, ${Math.round(perSecond)} a second`)
  expect(heir.program.running || hubs.length === 1).toBe(true)
  expect(await recordedUp(made.length)).toEqual(made.map(({ id }) => id))
})
