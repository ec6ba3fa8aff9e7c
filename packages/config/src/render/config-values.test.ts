import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ConfigCenter } from '../admin/config-center.ts'
import { encrypt } from '../secrets/cipher.ts'
import { generateKey, parseKeyring } from '../secrets/keyring.ts'
import { ConfigValues } from './config-values.ts'
import { Template } from './template.ts'

let store: Awaited<ReturnType<typeof startStore>>
let etcd: EtcdClient
let config: ConfigCenter

beforeAll(async () => {
  store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url })
  config = new ConfigCenter(etcd)
})

afterEach(async () => {
  await etcd.kv.delete({ all: true })
})

afterAll(async () => {
  await config.close()
  await etcd.close()
  await store.close()
})

async function render(values: ConfigValues, text: string): Promise<string> {
  return (await Template.parse('t', text, [values])).render()
}

test('documents, texts and effective configurations, followed from then on', async () => {
  await config.documents.putRaw('motd', 'hello\n')
  await config.documents.putRaw('shared/db.yaml', 'db: { host: a, port: 1 }')
  await config.documents.putRaw(
    'order/application.yaml',
    'waypost: { import: shared/db.yaml }\nurl: "${db.host}:${db.port}"',
  )
  await config.documents.putRaw('order/eu/application.toml', '[db]\nport = 2')
  const values = new ConfigValues(etcd)
  let changes = 0
  values.onChange(() => changes++)
  const text = `{{ 'motd' | text }}{% assign o = 'order' | effective: profile: 'eu' %}{{ o.url }} {% assign d = 'shared/db.yaml' | document %}{{ d.db.host }}`
  expect(await render(values, text)).toBe('hello\na:2 a')
  const before = changes
  await config.documents.putRaw('shared/db.yaml', 'db: { host: b, port: 1 }')
  await expect.poll(() => changes).toBeGreaterThan(before)
  expect(await render(values, text)).toBe('hello\nb:2 b')
  await values.close()
})

test('a canary is only for the instance that is named', async () => {
  await config.releases.publish('order/application.yaml', 'a: 1')
  await config.canaries.create('order/application.yaml', {
    name: 'c',
    rule: { instances: ['x'] },
    content: 'a: 2',
    evenIfUnknown: true,
  })
  const values = new ConfigValues(etcd)
  const text = `{% assign o = 'order' | effective %}{{ o.a }}{% assign x = 'order' | effective: instance: 'x' %}{{ x.a }}`
  expect(await render(values, text)).toBe('12')
  await values.close()
})

test('secrets are written only with a key, and nothing in their place without', async () => {
  const keyring = parseKeyring(generateKey('k'))
  const path = 'order/application.yaml'
  await config.documents.putRaw(path, `user: u\npw: '${await encrypt('geheim', keyring, { path })}'\nurl: 'x:\${pw}'`)
  const open = new ConfigValues(etcd, { keyring })
  const locked = new ConfigValues(etcd)
  for (const source of [`'${path}' | document`, `'order' | effective`]) {
    const text = `{% assign o = ${source} %}{{ o.user }}`
    expect(await render(open, `${text}{{ o.pw }}`)).toBe('ugeheim')
    expect(await render(locked, text)).toBe('u')
    for (const way of ['{{ o.pw }}', '{{ o | json }}', `{{ o.pw | append: 'x' }}`]) {
      await expect(render(locked, text + way), way).rejects.toMatchObject({
        code: 'failed-precondition',
        message: expect.stringContaining('pw is encrypted'),
      })
    }
  }
  expect(await render(open, `{% assign o = 'order' | effective %}{{ o.url }}`)).toBe('x:geheim')
  await expect(render(locked, `{% assign o = 'order' | effective %}{{ o.url }}`)).rejects.toThrow('encrypted')
  await Promise.all([open.close(), locked.close()])
})

test('what is missing or does not parse is an error', async () => {
  await config.documents.putRaw('bad.yaml', 'a: [')
  const values = new ConfigValues(etcd)
  await expect(render(values, `{{ 'none' | text }}`)).rejects.toMatchObject({ code: 'not-found' })
  await expect(render(values, `{% assign b = 'bad.yaml' | document %}`)).rejects.toMatchObject({
    code: 'invalid-document',
  })
  await expect(render(values, `{% assign b = 'a' | effective: color: 'x' %}`)).rejects.toThrow('no option color')
  await values.close()
})
