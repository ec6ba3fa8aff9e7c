import { createServer } from 'node:http'
import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { Registry } from '../registry.ts'

it('checks instances that do not register themselves, and deregisters those that stay away', async () => {
  const store = await startStore()
  const etcd = new EtcdClient({ endpoints: store.url })
  const registry = new Registry(etcd)
  let status = 200
  const server = createServer((_request, response) => response.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const check = { http: '/health', intervalMs: 20, timeoutMs: 2_000, rise: 1, fall: 1, deregisterAfterMs: 100 }
  const options = { service: 'printer', id: 'p1', host: '127.0.0.1', port }
  await registry.persistent.register(options, check)
  const statusOf = async () => (await registry.instances('printer')).instances.map((instance) => instance.status)
  expect(await statusOf()).toEqual(['starting'])
  const events: string[] = []
  const checker = await registry.checkPersistent({ onEvent: ({ kind }) => events.push(kind) })
  await expect.poll(statusOf).toEqual(['up'])
  status = 503
  await expect.poll(statusOf).toEqual([])
  expect(events).toEqual(['healthy', 'unhealthy', 'deregistered'])
  expect(checker.size).toBe(0)
  await expect(registry.persistent.register(options, { http: 'http://elsewhere/' })).rejects.toThrow('must be a path')
  await expect(registry.persistent.register(options, {})).rejects.toThrow('exactly one')
  await checker.close()
  await registry.close()
  await etcd.close()
  server.close()
  await store.close()
})
