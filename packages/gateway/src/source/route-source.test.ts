import { EtcdClient } from '@waypost/client'
import { configKey, encrypt, generateKey, parseKeyring } from '@waypost/config'
import { ConfigCenter } from '@waypost/config/admin'
import { type ContractStore, patienceMs, stores } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { routesCheck } from '../document/routes-check.ts'
import type { RoutesDocument } from '../document/routes-document.ts'
import { RouteSource } from './route-source.ts'

const path = 'gateway/routes.yaml'
const good = 'routes:\n  shop:\n    path: { prefix: / }\n    target: { service: shop }\n'
const ring = parseKeyring(generateKey('k1'))

let store: ContractStore
let etcd: EtcdClient
let config: ConfigCenter
let notices: string[] = []

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

beforeEach(() => {
  notices = []
  config = new ConfigCenter(etcd, { keyring: ring })
})

afterEach(async () => {
  await config.close()
  await etcd.kv.delete({ all: true })
})

function open(): Promise<RouteSource> {
  return RouteSource.open({ config, timeoutMs: patienceMs, onNotice: (message) => notices.push(message) })
}

function next(source: RouteSource): Promise<RoutesDocument> {
  return new Promise((resolve) => source.onChange(resolve))
}

const schemaIsPublished = () => expect.poll(() => config.schemas.get(path)).toBeDefined()

it('follows the document, and has the schema check it before it is published', async () => {
  await config.set(path, good)
  await using source = await open()
  expect(Object.keys(source.document.routes ?? {})).toEqual(['shop'])
  await schemaIsPublished()
  const bad = 'routes:\n  shop:\n    hsots: [a]\n    target: { service: shop }\n'
  await expect(config.set(path, bad)).rejects.toMatchObject({
    code: 'invalid-document',
    message: expect.stringContaining(
      `${path}:3:5: routes.shop.hsots: must NOT have additional properties: "hsots"; did you mean "hosts"?`,
    ),
  })
  const changed = next(source)
  await config.set(path, `${good}  more:\n    hosts: [more.example.com]\n    answer: { body: hi }\n`)
  expect(Object.keys((await changed).routes ?? {})).toEqual(['shop', 'more'])
  expect(source.state).toMatchObject({ release: 2, isFromSnapshot: false, problems: [] })
})

it('keeps the last good routes when somebody writes bad ones past the check, and says so', async () => {
  await config.set(path, good)
  await using source = await open()
  const told = vi.fn()
  source.onProblem(told)
  await etcd.kv.put(configKey(path), 'routes:\n  shop:\n    policies: [nobody]\n    target: { service: shop }\n')
  await expect
    .poll(() => source.problems.map(({ message }) => message))
    .toEqual([`${path}:3:16: routes.shop.policies.0: There is no policy nobody.`])
  expect(source.document.routes?.shop).toEqual({ path: { prefix: '/' }, target: { service: 'shop' } })
  expect(told).toHaveBeenCalledTimes(1)
  expect(source.state.problems).toHaveLength(1)
  expect(notices).toEqual([
    `New routes were refused; the last good ones stay in force: ${path}:3:16: routes.shop.policies.0: There is no policy nobody.`,
  ])
  const changed = next(source)
  await etcd.kv.put(configKey(path), `${good}    priority: 1\n`)
  await changed
  expect(source.problems).toEqual([])
})

it('waits for a document that is not there yet', async () => {
  await using source = await open()
  expect(source.document).toEqual({})
  expect(notices[0]).toContain('the gateway has no routes until it is published')
  const changed = next(source)
  await config.set(path, good)
  expect(Object.keys((await changed).routes ?? {})).toEqual(['shop'])
})

it('does not begin with a document that is wrong', async () => {
  await etcd.kv.put(configKey(path), 'routes: [')
  await expect(open()).rejects.toMatchObject({ code: 'invalid-document' })
})

it('reads secrets, and leaves the schema of a newer gateway alone', async () => {
  const newer = { type: 'object', version: 1_000 }
  await config.schemas.set(path, newer)
  const secret = await encrypt('a secret of many more than 32 characters', ring, { path })
  const policies = `policies:\n  staff:\n    jwt: { issuer: i, audience: a, secret: '${secret}' }\n`
  await config.set(path, policies + good)
  await using source = await open()
  expect(source.document.policies?.staff?.jwt?.secret).toBe('a secret of many more than 32 characters')
  await source.close()
  expect(await config.schemas.get(path)).toEqual(newer)
})

const semanticFaults: readonly (readonly [name: string, routes: string, message: string])[] = [
  [
    'a policy that is not there',
    'shop: { policies: [nobody], target: { service: shop } }',
    'There is no policy nobody',
  ],
  [
    'a regular expression that does not compile',
    "shop: { path: { regex: '/(a' }, target: { service: shop } }",
    'The regular expression cannot be used',
  ],
  [
    'look-around',
    "shop: { path: { regex: '/(?=a)' }, target: { service: shop } }",
    'The regular expression cannot be used',
  ],
  [
    'weights without any above 0',
    'shop: { split: [{ weight: 0, target: { service: shop } }] }',
    'The weights add up to 0, so no part gets requests',
  ],
  [
    'a route that gets no requests',
    'a: { answer: { body: a } }\n  b: { answer: { body: b } }',
    'It takes exactly the requests that a takes, and gets none',
  ],
  ['two routes of one name', 'a: { answer: { body: a } }\n  a: { answer: { body: b } }', 'a'],
  [
    'a prefix to strip that is not there',
    'shop: { stripPrefix: true, path: { exact: /a }, target: { service: shop } }',
    'Only a route with path.prefix has a prefix to replace',
  ],
  [
    'a name in a template twice',
    "shop: { path: { template: '/{a}/{a}' }, target: { service: shop } }",
    'occurs twice in the template',
  ],
]

it.each(semanticFaults)('has %s refused when it is published', async (_name, routes, message) => {
  await config.set(path, good)
  await using _source = await open()
  await schemaIsPublished()
  const text = `routes:\n  ${routes}\n`
  await expect(config.set(path, text)).rejects.toMatchObject({
    code: 'invalid-document',
    message: expect.stringMatching(new RegExp(`^${path}:\\d+:\\d+: `)),
  })
  await expect(config.set(path, text)).rejects.toThrow(message)
  await expect(
    config.drafts.save(path, text, { author: 'mei' }).then(() => config.drafts.submit(path, { author: 'mei' })),
  ).rejects.toThrow(message)
})

it('has routes checked together with what they import', async () => {
  await config.set('gateway/policies.yaml', 'policies:\n  staff: { addresses: { allow: [10.0.0.0/8] } }\n')
  const importing = `waypost: { import: gateway/policies.yaml }\n${good}    policies: [staff]\n`
  await config.set(path, importing)
  await using _source = await open()
  await schemaIsPublished()
  await config.set(path, `${importing}    priority: 1\n`)
  await expect(config.set(path, importing.replace('[staff]', '[stuff]'))).rejects.toThrow(
    `${path}:6:16: routes.shop.policies.0: There is no policy stuff; perhaps staff is meant.`,
  )
  // What the gateway that runs would refuse is refused, too, where the fault is in what is imported.
  await expect
    .poll(() => config.consumers.status('gateway/policies.yaml'))
    .toMatchObject({ processes: [expect.anything()] })
  await expect(config.set('gateway/policies.yaml', 'policies: {}\n')).rejects.toThrow('There is no policy staff')
})

it('is not published to by a program that cannot check routes', async () => {
  await config.set(path, good)
  await using _source = await open()
  await schemaIsPublished()
  await using other = new ConfigCenter(etcd)
  await expect(other.set(path, `${good}    priority: 1\n`)).rejects.toMatchObject({
    code: 'invalid-document',
    message: expect.stringContaining('the check "gateway-routes", which this program does not have'),
  })
  await using withCheck = new ConfigCenter(etcd, { checks: { 'gateway-routes': routesCheck } })
  expect(await withCheck.set(path, `${good}    priority: 1\n`)).toMatchObject({ release: 2 })
})
