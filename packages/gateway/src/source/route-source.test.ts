import { EtcdClient } from '@waypost/client'
import { configKey, encrypt, generateKey, parseKeyring } from '@waypost/config'
import { ConfigCenter } from '@waypost/config/admin'
import { type ContractStore, patienceMs, stores } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
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
      `${path}:3:5: routes.shop.hsots: must NOT have additional properties: "hsots"; perhaps "hosts" is meant`,
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
    `New routes were refused, the last good ones stay: ${path}:3:16: routes.shop.policies.0: There is no policy nobody.`,
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
