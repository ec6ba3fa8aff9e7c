import { Resolver } from 'node:dns/promises'
import { EtcdClient } from '@waypost/client'
import { Registry } from '@waypost/registry'
import { startStore, until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { startStoreAndHub } from '../hub.test-support.ts'
import { startHub } from '../hub.ts'
import { name } from './dns.test-support.ts'

it('serves what is registered, drained and gone, also to the resolver of Node', async () => {
  await using running = await startStoreAndHub({ dns: { port: 0, ttlSeconds: 2, reverse: ['10.0.0.0/8'] } })
  const { store, hub } = running
  const resolver = resolverOf(hub.dns)
  await until('the store has been read', async () => {
    return (await resolver.resolve4(name('web.service')).catch(({ code }) => code)) === 'ENOTFOUND'
  })

  await using etcd = new EtcdClient({ endpoints: store.url })
  await using registry = new Registry(etcd)
  await registry.register({ service: 'web', id: 'a', host: '10.0.0.1', port: 80, tags: ['v1'], zone: 'z1' })
  const other = await registry.register({ service: 'web', id: 'b', host: '10.0.0.2', port: 81, weight: 3 })
  const addresses = async () => (await resolver.resolve4(name('web.service'))).sort()
  await until('both are found', async () => (await addresses().catch(() => [])).length === 2)
  expect(await resolver.resolve4(name('v1.web.service.z1.zone'), { ttl: true })).toEqual([
    { address: '10.0.0.1', ttl: 2 },
  ])
  expect(
    (await resolver.resolveSrv('_web._tcp.service.waypost.internal')).map(({ port, weight }) => [port, weight]).sort(),
  ).toEqual([
    [80, 1],
    [81, 3],
  ])
  expect(await resolver.reverse('10.0.0.2')).toEqual([name('web.service')])
  await expect(resolver.resolve6(name('web.service'))).rejects.toMatchObject({ code: 'ENODATA' })
  expect(await resolver.resolveNs('waypost.internal')).toEqual([name('ns1')])
  expect(await resolver.resolveSoa('waypost.internal')).toMatchObject({ nsname: name('ns1'), minttl: 2 })
  expect(await resolver.resolveTxt(name('v1.web.service'))).toEqual([
    ['id=a', 'address=10.0.0.1:80', 'zone=z1', 'weight=1', 'tag=v1'],
  ])

  await registry.names.apply('soon', { owner: 'ann' })
  const soon = () => resolver.resolve4(name('soon.service')).catch(({ code }) => code)
  await until('a name is there once somebody has applied for it', async () => (await soon()) === 'ENODATA')
  await registry.names.release('soon', { owner: 'ann' })
  await until('it is gone when it is given back', async () => (await soon()) === 'ENOTFOUND')

  await registry.operate('web').drain('a', { by: 'ann' })
  await until('the drained one takes nothing', async () => (await addresses()).join() === '10.0.0.2')
  await other.deregister()
  await until('none is left', async () => (await addresses().catch(({ code }) => [code])).join() === 'ENODATA')
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  expect(metrics).toMatch(/waypost_hub_dns_answers_total\{transport="udp",code="NOERROR"\} \d+/)
})

it('gives a large list whole to the resolver of Node, which comes back over TCP', async () => {
  await using running = await startStoreAndHub({ dns: { port: 0 } })
  await using etcd = new EtcdClient({ endpoints: running.store.url })
  for (let index = 0; index < 300; index += 1)
    await etcd.kv.put(`/services/many/${index}`, `10.1.${index >> 8}.${index & 255}:80`)
  const resolver = resolverOf(running.hub.dns)
  await until('all are found', async () => {
    return (await resolver.resolve4(name('many.service')).catch(() => [])).length === 300
  })
})

it('finds other namespaces of the store, and goes on while the store is away', async () => {
  const store = await startStore()
  await using hub = await startHub({
    endpoints: store.url,
    namespace: '/prod',
    port: 0,
    logger: false,
    dns: { port: 0, namespaces: { test: '/test' } },
  })
  await using etcd = new EtcdClient({ endpoints: store.url })
  await etcd.kv.put('/prod/services/web/1', '10.0.0.1:80')
  await etcd.kv.put('/test/services/web/1', '10.0.0.9:80')
  const resolver = resolverOf(hub.dns)
  const addressOf = async (below: string) => (await resolver.resolve4(name(below)).catch(() => []))[0]
  await until('both are found', async () => {
    return (await addressOf('web.service')) === '10.0.0.1' && (await addressOf('web.service.test.ns')) === '10.0.0.9'
  })
  await store.close()
  expect(await addressOf('web.service')).toBe('10.0.0.1')
  expect(await addressOf('web.service.test.ns')).toBe('10.0.0.9')
})

it('fails for a port that is taken, and for options that would not work', async () => {
  await using running = await startStoreAndHub({ dns: { port: 0 } })
  const { store, hub } = running
  const starting = startHub({ endpoints: store.url, port: 0, logger: false, dns: { port: hub.dns?.port } })
  await expect(starting).rejects.toMatchObject({ code: 'port-in-use', message: expect.stringContaining('DNS') })
  const wrong = { domain: 'printer.local' }
  await expect(startHub({ endpoints: store.url, port: 0, dns: wrong })).rejects.toMatchObject({
    code: 'invalid-argument',
  })
})

function resolverOf(at: { readonly host: string; readonly port: number } | undefined): Resolver {
  const resolver = new Resolver()
  if (at) resolver.setServers([`${at.host}:${at.port}`])
  return resolver
}
