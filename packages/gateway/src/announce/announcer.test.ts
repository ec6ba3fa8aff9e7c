import { EtcdClient } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { type ContractStore, patienceMs, stores } from '@waypost/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { gatewaysPrefix } from './announcement.ts'
import { type AnnouncedCounts, Announcer } from './announcer.ts'

let store: ContractStore
let etcd: EtcdClient

beforeAll(async () => {
  const flavour = stores().find(({ name }) => name === 'embedded-memory')
  if (flavour === undefined) throw new Error('There is no embedded store.')
  store = await flavour.start()
  etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
})

afterAll(async () => {
  await etcd.close()
  await store.close()
})

async function published(): Promise<Record<string, unknown> | undefined> {
  const [kv] = await etcd.kv.list({ prefix: gatewaysPrefix }).toArray()
  return kv && JSON.parse(kv.text())
}

it('publishes routes with their rates on the lease of the process, and takes them back', async () => {
  const clock = new FakeClock()
  /** All of them took from 2.5 to 5 ms. */
  const latency = (requests: number): number[] => [requests * 3, requests, 0, 0, requests]
  const route = (name: string, requests: number, errors: number) => ({
    name,
    kind: 'proxy' as const,
    services: [name],
    policies: ['staff'],
    requests,
    errors,
    latency: latency(requests),
  })
  const instance = (requests: number, failures: number) => ({
    service: 'busy',
    instance: 'b1',
    address: '10.0.0.1:80',
    status: 'up',
    requests,
    failures,
    latency: latency(requests),
  })
  let counts: AnnouncedCounts = {
    inFlight: 1,
    connections: 2,
    document: {
      path: 'p',
      revision: '7',
      release: 3,
      staleSince: undefined,
      isFromSnapshot: false,
      problems: ['bad'],
      refused: 1,
    },
    routes: [route('quiet', 100, 0), route('busy', 100, 1)],
    instances: [instance(100, 0)],
  }
  const announcer = new Announcer({ etcd, read: () => counts, onNotice: () => {}, clock })
  await expect.poll(published).toMatchObject({
    process: etcd.identity.process,
    document: { path: 'p', revision: '7', release: 3, problems: ['bad'] },
    routeCount: 2,
    routes: [{ requestsPerSecond: 0 }, { requestsPerSecond: 0 }],
  })
  const [kv] = await etcd.kv.list({ prefix: gatewaysPrefix }).toArray()
  expect(kv?.lease).not.toBe(0n)
  counts = {
    ...counts,
    routes: [{ ...route('quiet', 100, 0), breaker: 'open' }, route('busy', 600, 11), route('new', 5, 0)],
    instances: [instance(600, 5)],
  }
  await expect.poll(() => clock.pendingTimers).toBe(1)
  await clock.advance(5_000)
  await expect
    .poll(async () => (await published())?.routes)
    .toEqual([
      {
        name: 'busy',
        kind: 'proxy',
        services: ['busy'],
        policies: ['staff'],
        requestsPerSecond: 100,
        errorsPerSecond: 2,
        p50Ms: 3.8,
        p99Ms: 5,
      },
      {
        name: 'quiet',
        kind: 'proxy',
        services: ['quiet'],
        policies: ['staff'],
        breaker: 'open',
        requestsPerSecond: 0,
        errorsPerSecond: 0,
      },
      { name: 'new', kind: 'proxy', services: ['new'], policies: ['staff'], requestsPerSecond: 0, errorsPerSecond: 0 },
    ])
  expect((await published())?.instances).toEqual([
    {
      service: 'busy',
      instance: 'b1',
      address: '10.0.0.1:80',
      status: 'up',
      requestsPerSecond: 100,
      failuresPerSecond: 1,
      p50Ms: 3.8,
      p99Ms: 5,
    },
  ])
  await announcer.close()
  expect(await published()).toBeUndefined()
})
