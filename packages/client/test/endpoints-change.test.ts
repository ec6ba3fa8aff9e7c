import { EtcdClient } from '@waypost/client'
import { Cluster } from '@waypost/protocol'
import { unary } from '@waypost/rpc'
import { FaultProxy, freePorts, startStore } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { endpointsOf } from '../src/link/member-sync.ts'
import { portOf } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

describe('endpoints that are replaced while the client runs', () => {
  it('move everything to one of the new ones, with no event lost and no call failed', async () => {
    await using store = await startStore()
    await using first = await FaultProxy.start(portOf(store))
    await using second = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: first.url })
    const lease = await client.leases.grant({ ttlSeconds: 30 })
    const watch = client.watch({ prefix: '/move/' })
    await watch.started
    await client.kv.put('/move/1', 'before')
    client.setEndpoints([second.url])
    expect(client.endpoints).toEqual([second.url])
    await client.kv.put('/move/2', 'after')
    expect((await watch.next()).value?.events[0]?.key).toBe('/move/1')
    expect((await watch.next()).value?.events[0]?.key).toBe('/move/2')
    await expect.poll(() => first.connections).toBe(0)
    expect(second.connections).toBe(1)
    expect(client.state).toMatchObject({ state: 'ready', endpoint: second.url })
    expect(await lease.keepAliveOnce()).toBe(30)
  })

  it('let the connection be when its endpoint is still among them', async () => {
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: store.url })
    await client.kv.get('/a')
    client.setEndpoints(['127.0.0.1:1', store.url])
    await client.kv.get('/a')
    expect(store.connections).toBe(1)
    expect(client.state.endpoint).toBe(store.url)
  })

  it('are used at once by calls that wait for a store', async () => {
    const [port = 0] = await freePorts(1)
    await using store = await ScriptedStore.start()
    await using client = new EtcdClient({ endpoints: `127.0.0.1:${port}` })
    const read = client.kv.get('/a')
    await expect.poll(() => client.state.error?.code).toBe('unavailable')
    client.setEndpoints(store.url)
    expect(await read).toBe(undefined)
  })

  it('are checked before anything changes', async () => {
    await using client = new EtcdClient({ endpoints: '127.0.0.1:1' })
    expect(() => client.setEndpoints('ftp://x')).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(() => client.setEndpoints([])).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(client.endpoints).toEqual(['http://127.0.0.1:1'])
  })
})

describe('member sync', () => {
  const member = { id: 1n, name: 'a', peerUrls: [], isLearner: false }

  it('moves to the addresses that the members advertise, and keeps what was given as the last resort', async () => {
    let clientUrls: string[] = []
    const members = unary(Cluster.memberList, () => ({ header: undefined, members: [{ ...member, clientUrls }] }))
    await using store = await ScriptedStore.start([members])
    await using front = await FaultProxy.start(store.port)
    clientUrls = [front.url]
    await using client = new EtcdClient({ endpoints: store.url, memberSync: { intervalMs: 20 } })
    await client.kv.get('/a')
    await expect.poll(() => client.endpoints).toEqual([front.url])
    await client.kv.get('/a')
    expect(client.state.endpoint).toBe(front.url)
    front.refusing = true
    front.cut()
    expect(await client.kv.get('/a')).toBe(undefined)
    expect(client.state.endpoint).toBe(store.url)
  })

  it('leaves out members that have not started, learners, and addresses that say nothing', () => {
    const members = [
      { ...member, clientUrls: ['http://10.0.0.1:2379', 'https://a.example:2379', 'unix://x'] },
      { ...member, name: '', clientUrls: ['http://10.0.0.2:2379'] },
      { ...member, isLearner: true, clientUrls: ['http://10.0.0.3:2379'] },
      { ...member, clientUrls: ['http://0.0.0.0:2379', 'http://[::]:2379'] },
    ]
    const plain = ['http://10.0.0.9:2379']
    expect(endpointsOf(members, plain)).toEqual(['http://10.0.0.1:2379', 'https://a.example:2379'])
    expect(endpointsOf(members, ['https://given.example:2379'])).toEqual(['https://a.example:2379'])
    expect(endpointsOf([], plain)).toEqual([])
  })
})
