import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningHub, startStoreAndHub } from '../../hub.test-support.ts'
import { type Hub, startHub } from '../../hub.ts'
import { eventsOf } from '../operations.test-support.ts'

const password = 'a long password'
const sessionSecret = 's'.repeat(32)

let running: RunningHub
let other: Hub
let etcd: EtcdClient

beforeAll(async () => {
  running = await startStoreAndHub({ rootPassword: password, sessionSecret })
  const auth = { username: 'root', password }
  etcd = new EtcdClient({ endpoints: running.store.url, auth })
  other = await startHub({ endpoints: running.store.url, auth, sessionSecret, port: 0, logger: false, timeline: false })
  for (const user of ['ann', 'bob']) await etcd.auth.users.add(user, password)
  await using config = new ConfigCenter(etcd)
  await config.access.grant('ann', { action: 'publish', subject: 'order/' }, { evenIfUnknown: true })
})

afterAll(async () => {
  await etcd.close()
  await other.close()
  await running[Symbol.asyncDispose]()
})

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const basic = (user: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

async function call(
  authorization: string,
  method: string,
  path: string,
  body?: object,
  hub = running.hub,
): Promise<Answer> {
  const answer = await fetch(hub.url + path, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.status, body: Object(await answer.json()) }
}

async function made(user: string, name: string): Promise<{ readonly id: string; readonly bearer: string }> {
  const { status, body } = await call(basic(user), 'POST', '/v1/tokens', { name, expiresInDays: 1 })
  expect([status, body]).toMatchObject([201, { name, user, token: expect.stringMatching(/^waypost_/) }])
  return { id: String(body.id), bearer: `Bearer ${body.token}` }
}

it('a token has the rights of its user, at every hub, and is told once', async () => {
  const { id, bearer } = await made('ann', 'pipeline')
  const document = '/v1/config/documents/order%2Fa.yaml'
  expect(await call(bearer, 'PUT', document, { content: 'a: 1\n' })).toMatchObject({ status: 200 })
  await expect.poll(() => call(bearer, 'GET', document, undefined, other)).toMatchObject({ status: 200 })
  expect(await call(bearer, 'PUT', '/v1/config/documents/user.yaml', { content: 'a: 1\n' })).toMatchObject({
    status: 403,
  })
  expect(await call(bearer, 'POST', '/v1/tokens', { name: 'of a token' })).toMatchObject({ status: 403 })
  const { body } = await call(basic('ann'), 'GET', '/v1/tokens')
  expect(body).toMatchObject({ tokens: [{ id, name: 'pipeline', user: 'ann' }] })
  expect(JSON.stringify(body)).not.toMatch(/hash|sealed|waypost_/)
  const { kvs } = await etcd.kv.range({ prefix: '/waypost/hub/tokens/' })
  const stored = kvs.map((kv) => kv.text()).join()
  // The secret half may have an underscore of its own.
  expect(stored).not.toContain(bearer.split('_').slice(2).join('_'))
  expect(stored).not.toContain(password)
  await using config = new ConfigCenter(etcd)
  expect((await config.audit.list()).entries).toContainEqual(
    expect.objectContaining({ action: 'token.create', author: 'ann', detail: `pipeline (${id})` }),
  )
})

it('a token is seen and revoked by its user and by root, and by nobody else', async () => {
  const { id, bearer } = await made('ann', 'of ann')
  expect((await call(basic('bob'), 'GET', '/v1/tokens')).body).toEqual({ tokens: [] })
  expect(await call(basic('bob'), 'GET', '/v1/tokens?all=true')).toMatchObject({ status: 403 })
  expect(await call(basic('bob'), 'DELETE', `/v1/tokens/${id}`)).toMatchObject({ status: 403 })
  expect((await call(basic('root'), 'GET', '/v1/tokens?all=true&search=of%20ann')).body).toMatchObject({
    tokens: [{ id }],
  })
  const { lease = 0n } = (await etcd.kv.get(`/waypost/hub/tokens/${id}`)) ?? {}
  expect((await call(basic('root'), 'DELETE', `/v1/tokens/${id}`)).body).toEqual({ revoked: true })
  await expect.poll(async () => (await etcd.leases.list()).includes(lease)).toBe(false)
  expect(await call(bearer, 'GET', '/v1/session')).toMatchObject({ status: 401, body: { reason: 'token-ended' } })
  await expect.poll(async () => (await call(bearer, 'GET', '/v1/session', undefined, other)).status).toBe(401)
  expect((await call(basic('root'), 'DELETE', `/v1/tokens/${id}`)).body).toEqual({ revoked: false })
})

it('a token that is no token, or is changed, or expired, opens nothing', async () => {
  const { id, bearer } = await made('ann', 'changed')
  const statuses = await Promise.all(
    [`${bearer.slice(0, -1)}${bearer.endsWith('A') ? 'B' : 'A'}`, bearer.replace(id, '0'.repeat(16)), `${bearer}A`].map(
      async (wrong) => (await call(wrong, 'GET', '/v1/session')).status,
    ),
  )
  expect(statuses).toEqual([401, 401, 401])
  const key = `/waypost/hub/tokens/${id}`
  const record: object = JSON.parse((await etcd.kv.get(key))?.text() ?? '')
  await etcd.kv.put(key, JSON.stringify({ ...record, expiresAt: new Date(0).toISOString() }))
  await expect.poll(async () => (await call(bearer, 'GET', '/v1/session')).status).toBe(401)
})

it('a stream ends with the session or the token that it was asked for with, at whichever hub', async () => {
  const { id, bearer } = await made('ann', 'reader')
  const login = await call(basic('ann'), 'POST', '/v1/login', { user: 'ann', password, session: 'token' })
  const session = `Bearer ${login.body.token}`
  const streams = [bearer, session].map(async (authorization) => {
    const signal = AbortSignal.timeout(20_000)
    const headers = { authorization, accept: 'text/event-stream' }
    const path = '/v1/config/documents/order%2Fa.yaml/canaries'
    const events = eventsOf(await fetch(other.url + path, { headers, signal }))
    expect((await events.next()).value).toMatchObject({ event: 'snapshot' })
    return events
  })
  const [byToken, bySession] = await Promise.all(streams)
  await call(basic('ann'), 'DELETE', `/v1/tokens/${id}`)
  expect(await byToken?.next()).toMatchObject({ done: true })
  expect(
    (await fetch(`${running.hub.url}/v1/session`, { method: 'DELETE', headers: { authorization: session } })).ok,
  ).toBe(true)
  expect(await bySession?.next()).toMatchObject({ done: true })
})

it.skipIf(process.env.WAYPOST_LONG === undefined)(
  'a stream ends soon after its right was taken away, and after its user was deleted',
  async () => {
    const path = '/v1/config/documents/order%2Fa.yaml/canaries'
    await using config = new ConfigCenter(etcd)
    const lost = ['eve', 'kim'].map(async (user) => {
      await etcd.auth.users.add(user, password)
      await config.access.grant(user, { action: 'publish', subject: 'order/' }, { evenIfUnknown: true })
      const headers = { authorization: basic(user), accept: 'text/event-stream' }
      const events = eventsOf(await fetch(running.hub.url + path, { headers, signal: AbortSignal.timeout(60_000) }))
      expect((await events.next()).value).toMatchObject({ event: 'snapshot' })
      return events
    })
    const [ofEve, ofKim] = await Promise.all(lost)
    await etcd.auth.users.revokeRole('eve', 'eve')
    await etcd.auth.users.delete('kim')
    expect((await ofEve?.next())?.value).toMatchObject({ event: 'end', data: { code: 'permission-denied' } })
    expect((await ofKim?.next())?.value).toMatchObject({ event: 'end' })
  },
  90_000,
)

it('a hub without a secret that outlives it makes no tokens, and says why', async () => {
  const auth = { username: 'root', password }
  await using hub = await startHub({ endpoints: running.store.url, auth, port: 0, logger: false, timeline: false })
  expect(await call(basic('ann'), 'POST', '/v1/tokens', { name: 'x' }, hub)).toMatchObject({
    status: 412,
    body: { detail: expect.stringContaining('--session-secret-file') },
  })
})
