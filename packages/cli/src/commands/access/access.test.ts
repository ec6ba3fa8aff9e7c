import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Registry } from '@waypost/registry'
import type { EmbeddedServer } from '@waypost/server'
import { startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waypost } from '../../waypost.test-support.ts'

let store: EmbeddedServer

beforeAll(async () => {
  store = await startStore({ rootPassword: 'pw' })
  for (const user of ['ann', 'li', 'shop', 'nil']) await as('root')('user', 'add', `${user}:pw`)
})

afterAll(async () => {
  await store.close()
})

const as =
  (user: string) =>
  (...args: readonly string[]) =>
    waypost([...args, '--endpoints', store.url, '--user', user, '--password', 'pw'])

const root = as('root')
const ann = as('ann')

test('a denial names the action, the keys and the grant that would allow it, and that grant does', async () => {
  const denied = await ann('config', 'set', 'order/a.yaml', 'a: 1')
  expect(denied.code).toBe(6)
  expect(denied.stderr).toContain('ann may not publish order/a.yaml. It lacks: read /config/order/a.yaml;')
  expect(denied.stderr).toContain('This allows it: waypost access grant ann publish order/a.yaml')
  const why = await root('access', 'why', 'ann', 'publish', 'order/a.yaml')
  expect(why).toMatchObject({ code: 6, stdout: expect.stringMatching(/^ann may not publish order\/a\.yaml\./) })

  const granted = await root('access', 'grant', 'ann', 'publish', 'order/')
  expect(granted).toMatchObject({ code: 0, stdout: expect.stringContaining('ann may publish order/ now:\n') })
  expect(await ann('config', 'set', 'order/a.yaml', 'a: 1')).toMatchObject({ code: 0, stderr: '' })
  expect((await root('access', 'grant', 'ann', 'publish', 'order/')).stdout).toBe('ann may publish order/ already.\n')
  expect((await ann('config', 'history', 'order/a.yaml')).code).toBe(0)
  expect((await ann('config', 'set', 'user/a.yaml', 'a: 1')).code).toBe(6)
  expect((await root('access', 'why', 'ann', 'publish', 'order/a.yaml')).code).toBe(0)
  expect((await root('access', 'show', 'ann')).stdout).toBe(
    'ann may read order/\nann may publish order/\nann may approve order/\n',
  )
})

test('publishing works while a process that may only read uses the document', async () => {
  await root('access', 'grant', 'shop', 'read', 'order/')
  await root('access', 'grant', 'shop', 'register', 'order')
  expect((await ann('config', 'set', 'order/application.yaml', 'a: 0')).code).toBe(0)
  await using etcd = new EtcdClient({ endpoints: store.url, auth: { username: 'shop', password: 'pw' } })
  await using config = new ConfigCenter(etcd)
  await config.load({ app: 'order' })
  await using registry = new Registry(etcd)
  await registry.register({ service: 'order', id: '1', host: '10.0.0.1', port: 80 })
  const published = await ann('config', 'set', 'order/application.yaml', 'a: 1', '--wait', '10s')
  expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining('1 live process has applied it.') })
  expect((await as('shop')('config', 'set', 'order/application.yaml', 'a: 2')).code).toBe(6)
  expect((await root('access', 'show', 'shop')).stdout).toBe('shop may read order/\nshop may register order\n')
})

test('a role is granted as a user is, and operating is a right of its own', async () => {
  expect((await as('li')('services', 'drain', 'order', '1', '--wait', '0')).stderr).toContain(
    'This allows it: waypost access grant li operate order',
  )
  await root('role', 'add', 'operators')
  await root('access', 'grant', 'operators', 'operate', 'order')
  await root('user', 'grant-role', 'li', 'operators')
  expect((await as('li')('services', 'drain', 'order', '1', '--wait', '0')).stderr).not.toContain('may not')
  expect((await root('access', 'why', 'li', 'operate', 'order')).stdout).toContain('operators')
})

test('keys are named as they were typed, and what makes no sense is refused', async () => {
  expect((await ann('get', '--prefix', '/secret/')).stderr).toContain(
    'ann may not read /secret/ --prefix. This allows it: waypost role grant-permission <role> read /secret/ --prefix',
  )
  expect((await root('access', 'grant', 'nobody', 'read', 'order/')).code).toBe(4)
  expect((await root('access', 'grant', 'ann', 'register', 'a/b')).code).toBe(2)
  expect((await root('access', 'grant', 'ann', 'fly', 'order')).code).toBe(2)
})

test('what was granted is taken away, and nothing else', async () => {
  await root('user', 'add', 'kim:pw')
  for (const [action, subject] of [
    ['publish', 'order/'],
    ['publish', 'user/'],
    ['operate', 'order'],
  ] as const) {
    await root('access', 'grant', 'kim', action, subject)
  }
  expect(await root('access', 'revoke', 'kim', 'read', 'order/')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('which includes to read: revoke that first'),
  })
  const revoked = await root('access', 'revoke', 'kim', 'publish', 'order/')
  expect(revoked).toMatchObject({ code: 0, stdout: expect.stringContaining('write /config/order/…') })
  expect((await as('kim')('config', 'set', 'order/a.yaml', 'a: 7')).code).toBe(6)
  expect((await as('kim')('config', 'get', 'order/a.yaml')).code).not.toBe(6)
  expect((await as('kim')('config', 'set', 'user/a.yaml', 'a: 1')).code).toBe(0)
  expect((await root('access', 'show', 'kim')).stdout).toBe(
    'kim may read order/\nkim may read user/\nkim may publish user/\nkim may approve user/\nkim may operate order\n',
  )
  for (const action of ['publish', 'read']) await root('access', 'revoke', 'kim', action, 'user/')
  await root('access', 'revoke', 'kim', 'read', 'order/')
  await root('access', 'revoke', 'kim', 'operate', 'order')
  expect((await root('access', 'revoke', 'kim', 'operate', 'order')).code).toBe(4)
  expect((await root('role', 'get', 'kim', '-w', 'json')).stdout).not.toContain('"perm"')
})

test('the strict mode is refused until nobody writes past the hub, and converts who does', async () => {
  expect((await root('access', 'mode')).stdout).toBe('direct\n')
  expect(await root('access', 'mode', 'strict')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No hub runs that may write for others'),
  })
  await root('user', 'add', 'hub:pw')
  await root('access', 'grant', 'hub', 'hub', '')
  await root('role', 'add', 'wide')
  await root('role', 'grant-permission', 'wide', 'readwrite', '--prefix', '/')
  await root('role', 'revoke-permission', 'wide', '--prefix', '/')
  await root('role', 'grant-permission', 'wide', 'write', '--prefix', '/con')
  const refused = await root('access', 'mode', 'strict', '--convert')
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('wide may write /con…') })
  await root('role', 'delete', 'wide')
  expect((await root('access', 'mode', 'strict')).stderr).toContain('Convert them')
  expect((await root('access', 'check')).stdout).toContain(
    'Without the hub, the role ann may read and write /config/order/…: ann.',
  )

  const converted = await root('access', 'mode', 'strict', '--convert')
  expect(converted).toMatchObject({ code: 0, stdout: expect.stringContaining('ann: publish order/') })
  expect(await root('access', 'check')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('The mode is strict.\nThe role hub may write for others: hub.'),
  })
  const denied = await ann('config', 'set', 'order/a.yaml', 'a: 2')
  expect(denied).toMatchObject({ code: 6, stderr: expect.stringContaining('this store is in strict mode') })
  expect((await ann('config', 'get', 'order/a.yaml')).code).toBe(0)
  expect((await ann('put', '/waypost/audit/chain', '{}')).code).toBe(6)
  expect((await root('access', 'show', 'ann')).stdout).toBe(
    'ann may read order/\nann may publish order/\nann may approve order/\n',
  )
  await root('role', 'grant-permission', 'ann', 'write', '/config/order/x')
  expect(await root('access', 'check')).toMatchObject({ code: 1 })
  await root('role', 'revoke-permission', 'ann', '/config/order/x')

  expect((await root('access', 'mode', 'direct', '--convert')).code).toBe(0)
  expect((await ann('config', 'set', 'order/a.yaml', 'a: 2')).code).toBe(0)
  expect(await root('audit', 'verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/The end is \d+:/) })
})

test('a grant on what there never was says so', async () => {
  const misspelt = await root('access', 'grant', 'nil', 'read', 'ordre/')
  expect(misspelt).toMatchObject({ code: 4, stderr: expect.stringContaining('There is no document below "ordre/".') })
  expect(misspelt.stderr).toContain('--even-if-unknown')
  expect((await root('access', 'grant', 'nil', 'operate', 'ordre')).stderr).toContain('There is no service "ordre".')
  expect((await root('access', 'show', 'nil')).stdout).toContain('may do none')
  const accepted = await root('access', 'grant', 'nil', 'read', 'ordre/', '--even-if-unknown')
  expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('The grant is for when there is.') })
  // Whoever registers or publishes may be the first.
  expect(await root('access', 'grant', 'nil', 'register', 'new')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('There is no service "new". The grant is for when there is.'),
  })
  for (const action of ['read', 'register'] as const) {
    await root('access', 'revoke', 'nil', action, action === 'read' ? 'ordre/' : 'new')
  }
})

test.each<[string[], string]>([
  [
    ['services'],
    'read /services/ --prefix. This allows it: waypost role grant-permission <role> read /services/ --prefix',
  ],
  [['services', 'user'], 'read /services/user/ --prefix. This allows it: waypost role grant-permission <role> read'],
  [['services', 'describe', 'user'], 'read /waypost/services/subscribers/user/ --prefix. This allows it: waypost role'],
  [['config', 'policy', 'set', 'order/', '--approvals', '1'], 'read and write /waypost/config/policies/order/ and'],
  [
    ['config', 'policy', 'list'],
    'read /waypost/config/policies/ --prefix. This allows it: waypost role grant-permission',
  ],
  [
    ['config', 'schema', 'delete', 'order/'],
    'waypost role grant-permission <role> readwrite /waypost/config/schemas/order/',
  ],
  [['config', 'schema', 'get', 'order/a.yaml'], 'read /waypost/config/schemas/ --prefix. This allows it:'],
  [['config', 'list', 'secret/'], 'read secret/. It lacks: read /config/secret/…;'],
  [['config', 'search', 'x'], "waypost access grant nil read ''"],
  [['audit'], 'read /waypost/audit/ --prefix. This allows it: waypost role grant-permission <role> read'],
  [['queue', 'list'], 'waypost role grant-permission <role> readwrite /waypost/queues/ --prefix'],
  [['user', 'list'], 'it needs the role root. A user that has it may give it: waypost user grant-role <user> root'],
  [['role', 'list'], 'it needs the role root.'],
])('%s: a refusal says which permission is missing, and the command that grants it', async (args, words) => {
  const denied = await as('nil')(...args)
  expect(denied.code, denied.stderr).toBe(6)
  expect(denied.stderr).toContain('nil may not')
  expect(denied.stderr).toContain(words)
})
