import { Registry } from '@waypost/registry'
import { until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { onHub } from '../operations.test-support.ts'

const password = 'a long password'
const on = onHub({ rootPassword: password, timeline: {} })
const overview = async (as = 'root') => (await on().call('GET', '/v1/overview', undefined, as)).body

it('shows how everything is, what is wrong first', async () => {
  const { config, etcd } = on()
  await using registry = new Registry(etcd)
  const up = await registry.register({ service: 'shop', id: 'a', host: '10.0.0.1', port: 80 })
  await registry.register({ service: 'cart', id: 'b', host: '10.0.0.2', port: 80, status: 'starting' })
  await config.releases.publish('shop/application.yaml', 'a: 1\n', { author: 'mei' })
  await config.drafts.save('shop/application.yaml', 'a: 2\n', { author: 'mei' })
  await config.drafts.submit('shop/application.yaml', { author: 'mei' })
  await config.canaries.create('shop/application.yaml', {
    name: 'try',
    rule: { percent: 1 },
    content: 'a: 3\n',
    evenIfUnknown: true,
  })
  await until('The directory has both', async () => {
    const { services } = (await overview()) as { services: { count: number } }
    return services.count === 2
  })
  expect(await overview()).toMatchObject({
    findings: [
      { severity: 'critical', code: 'service-without-instances', about: 'cart' },
      { severity: 'notice', code: 'draft-waits', about: 'shop/application.yaml' },
    ],
    services: { count: 2, withoutUp: ['cart'], instances: { total: 2, up: 1, starting: 1 } },
    config: {
      documents: 1,
      releaseCount: 1,
      releasesToday: [{ path: 'shop/application.yaml', release: 1, author: 'mei' }],
      canaries: [{ path: 'shop/application.yaml', name: 'try' }],
      drafts: { submitted: 1 },
    },
    cluster: { members: 1, reachable: 1, alarms: [] },
    hidden: [],
  })
  await up.deregister()
})

it('tells of instances that were lost together, which consumers still call', async () => {
  const { etcd, call } = on()
  const lease = await etcd.leases.grant({ ttlSeconds: 60 })
  const record = (id: string) => JSON.stringify({ id, host: '10.0.0.1', port: id.charCodeAt(0), status: 'up' })
  for (const id of ['a', 'b', 'c']) {
    await etcd.kv.put(`/services/lost/${id}`, record(id), id === 'c' ? {} : { lease: lease.id })
  }
  const known = async () => (await overview()) as { services: { instances: { up: number } }; findings: object[] }
  await until('They are up', async () => (await known()).services.instances.up >= 3)
  const suspects = async () => (await call('GET', '/v1/services/lost/suspects', undefined, 'root')).body
  expect(await suspects()).toEqual({ suspects: [] })
  await lease.revoke()
  await until('They are lost', async () => ((await suspects()) as { suspects: object[] }).suspects.length === 2)
  expect(await suspects()).toMatchObject({ suspects: [{ id: 'a', address: '10.0.0.1:97' }, { id: 'b' }] })
  expect(await known()).toMatchObject({
    findings: expect.arrayContaining([
      expect.objectContaining({ severity: 'warning', code: 'instances-lost', about: 'lost' }),
    ]),
    services: { suspects: [{ service: 'lost', count: 2 }] },
  })
  // Whoever comes back is no longer lost.
  for (const id of ['a', 'b']) await etcd.kv.put(`/services/lost/${id}`, record(id))
  await until('They are back', async () => ((await suspects()) as { suspects: object[] }).suspects.length === 0)
})

it('leaves out what the caller may not read, and says so', async () => {
  await on().etcd.auth.users.add('ann', password)
  await on().config.access.grant('ann', { action: 'register', subject: 'shop' })
  expect(await overview('ann')).toMatchObject({
    services: { count: expect.any(Number) },
    cluster: {},
    hidden: ['config'],
  })
})
