import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Registry } from '@waypost/registry'
import { expect, it } from 'vitest'
import { startStoreAndHub } from '../../hub.test-support.ts'

const gateway = {
  process: 'gw-1-ab',
  instance: 'gw-1',
  host: 'web-1',
  pid: 7,
  startedAt: '2026-12-01T00:00:00.000Z',
  at: '2026-12-01T00:00:05.000Z',
  document: { path: 'gateway/routes.yaml', revision: '7', release: 3, problems: ['gateway/routes.yaml:3:1: bad.'] },
  inFlight: 1,
  connections: 2,
  routes: [
    {
      name: 'shop',
      kind: 'proxy',
      services: ['shop'],
      policies: ['staff'],
      requestsPerSecond: 9.5,
      errorsPerSecond: 0,
      p50Ms: 1.5,
      p99Ms: 9.1,
    },
  ],
  routeCount: 1,
  instances: [
    {
      service: 'shop',
      instance: 's1',
      address: '10.0.0.1:80',
      status: 'up',
      requestsPerSecond: 9.5,
      failuresPerSecond: 0,
    },
  ],
}

it('lists the gateways that run, passes over what is none, and explains what takes a request', async () => {
  await using running = await startStoreAndHub()
  await using etcd = new EtcdClient({ endpoints: running.store.url })
  await etcd.kv.put('/waypost/gateways/gw-1-ab', JSON.stringify(gateway))
  await etcd.kv.put('/waypost/gateways/other', '{')
  await etcd.kv.put('/waypost/gateways/newer', JSON.stringify({ ...gateway, version: 9 }))
  const response = await fetch(`${running.hub.url}/v1/gateways`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ gateways: [gateway] })

  const explain = async (body: object) => {
    const answer = await fetch(`${running.hub.url}/v1/gateways/explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const facts: unknown = await answer.json()
    return { status: answer.status, facts }
  }
  const asked = { method: 'GET', url: 'https://shop.example.com/api/x?y=1' }
  expect(await explain(asked)).toMatchObject({ status: 404, facts: { code: 'not-found' } })
  await using config = new ConfigCenter(etcd)
  await using registry = new Registry(etcd)
  await registry.register({ service: 'shop', id: 's1', host: '10.0.0.1', port: 80 })
  await config.documents.putRaw(
    'gateway/routes.yaml',
    `routes:
  shop: { hosts: [shop.example.com], path: { prefix: /api }, stripPrefix: true, target: { service: shop } }
  web: { target: { service: web } }
`,
  )
  expect(await explain(asked)).toMatchObject({
    status: 200,
    facts: {
      kind: 'matched',
      route: 'shop',
      because: ['it is for shop.example.com', 'its path is prefix /api'],
      service: 'shop',
      path: '/x?y=1',
      instances: [{ id: 's1', address: '10.0.0.1:80', takesTraffic: true }],
      others: [{ route: 'web', step: 'order' }],
    },
  })
  expect(await explain({ method: 'GET', url: 'https://shop.example.com/\u0000' })).toMatchObject({
    facts: { kind: 'refused', answer: { status: 400 } },
  })
})
