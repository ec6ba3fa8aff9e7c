import { Registry } from '@waypost/registry'
import { until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { onHub } from '../operations.test-support.ts'

const password = 'a long password'
const on = onHub({ rootPassword: password })
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

it('leaves out what the caller may not read, and says so', async () => {
  await on().etcd.auth.users.add('ann', password)
  await on().config.access.grant('ann', { action: 'register', subject: 'shop' })
  expect(await overview('ann')).toMatchObject({
    services: { count: expect.any(Number) },
    cluster: {},
    hidden: ['config'],
  })
})
