import { EtcdClient } from '@waypost/client'
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

it('lists the gateways that run, and passes over what is none', async () => {
  await using running = await startStoreAndHub()
  await using etcd = new EtcdClient({ endpoints: running.store.url })
  await etcd.kv.put('/waypost/gateways/gw-1-ab', JSON.stringify(gateway))
  await etcd.kv.put('/waypost/gateways/other', '{')
  await etcd.kv.put('/waypost/gateways/newer', JSON.stringify({ ...gateway, version: 9 }))
  const response = await fetch(`${running.hub.url}/v1/gateways`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ gateways: [gateway] })
})
