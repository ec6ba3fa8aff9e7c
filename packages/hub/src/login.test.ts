import { EtcdClient } from '@waypost/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningHub, startStoreAndHub } from './hub.test-support.ts'
import { type Hub, startHub } from './hub.ts'

const password = 'a long password'

let running: RunningHub
let etcd: EtcdClient

beforeEach(async () => {
  running = await startStoreAndHub({ rootPassword: password })
  etcd = new EtcdClient({ endpoints: running.store.url, auth: { username: 'root', password } })
})

afterEach(async () => {
  await etcd.close()
  await running[Symbol.asyncDispose]()
})

const call = (path: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(running.hub.url + path, { ...init, headers: { 'content-type': 'application/json', ...headers } })

async function logIn(body: object): Promise<{ answer: Response; fields: Record<string, unknown>; cookie: string }> {
  const answer = await call('/v1/login', { method: 'POST', body: JSON.stringify(body) })
  const fields: unknown = await answer.json()
  return { answer, fields: { ...Object(fields) }, cookie: answer.headers.get('set-cookie') ?? '' }
}

describe('a browser', () => {
  it('gets a cookie that scripts cannot read, and changes need the token beside it', async () => {
    const { fields, cookie } = await logIn({ user: 'root', password })
    expect(cookie).toMatch(/^waypost_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
    expect(cookie).not.toContain(password)
    const headers = { cookie: cookie.split(';')[0] ?? '' }
    expect(await (await call('/v1/session', { headers })).json()).toMatchObject({
      user: 'root',
      csrfToken: fields.csrfToken,
    })
    const change = (more: Record<string, string>): Promise<Response> =>
      call('/v1/names/user', { method: 'PUT', body: '{}', headers: { ...headers, ...more } })
    expect(await (await change({})).json()).toMatchObject({ status: 403, reason: 'csrf-token' })
    expect(await (await change({ 'x-csrf-token': 'guessed' })).json()).toMatchObject({ status: 403 })
    const allowed = await change({ 'x-csrf-token': String(fields.csrfToken) })
    expect(await allowed.json()).toMatchObject({ name: 'user', owner: 'root' })
    const out = await call('/v1/session', {
      method: 'DELETE',
      headers: { ...headers, 'x-csrf-token': String(fields.csrfToken) },
    })
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await call('/v1/session', { headers })).status).toBe(401)
  })

  it('of another site is refused', async () => {
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${running.hub.port + 1}`])
      expect([origin, (await call('/v1/session', { headers: { origin } })).status]).toEqual([origin, 403])
  })
})

describe('a machine', () => {
  it('sends a token, or the user and password', async () => {
    const { fields, cookie } = await logIn({ user: 'root', password, session: 'token' })
    expect(cookie).toBe('')
    const bearer = { authorization: `Bearer ${fields.token}` }
    const applied = await call('/v1/names/user', { method: 'PUT', body: '{}', headers: bearer })
    expect(applied.status).toBe(201)
    const basic = { authorization: `Basic ${Buffer.from(`root:${password}`).toString('base64')}` }
    expect(await (await call('/v1/session', { headers: basic })).json()).toMatchObject({ user: 'root' })
    for (const authorization of ['Basic !!!', 'Bearer x', 'Digest a', `Bearer ${String(fields.token).slice(0, -2)}AA`])
      expect([authorization, (await call('/v1/session', { headers: { authorization } })).status]).toEqual([
        authorization,
        401,
      ])
  })

  it('is slowed down when its passwords are wrong, whatever address they come from', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 8; attempt++)
      statuses.push((await logIn({ user: 'root', password: `wrong ${attempt}` })).answer.status)
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401])
    expect(statuses).toContain(429)
    const { answer, fields } = await logIn({ user: 'root', password: 'wrong again' })
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(fields).toMatchObject({ code: 'overloaded', reason: 'login-throttled' })
  })

  it('with a user that is deleted meanwhile is noticed', async () => {
    await etcd.auth.users.add('ann', 'another password')
    const authorization = `Basic ${Buffer.from('ann:another password').toString('base64')}`
    expect((await call('/v1/session', { headers: { authorization } })).status).toBe(200)
    await etcd.auth.users.delete('ann')
    const later = await call('/v1/names/user/instances', { headers: { authorization } })
    expect([401, 403]).toContain(later.status)
  })
})

it('secrets are in no answer and no log', async () => {
  const { fields, answer } = await logIn({ user: 'root', password: 'not the password' })
  expect(answer.status).toBe(401)
  expect(JSON.stringify(fields)).not.toContain('not the password')
})

it('logs out at every hub that takes the session, after a restart too', async () => {
  const shared = { auth: { username: 'root', password }, port: 0, logger: false, timeline: false } as const
  const start = () => startHub({ endpoints: running.store.url, sessionSecret: 's'.repeat(32), ...shared })
  await using one = await start()
  await using two = await start()
  const body = JSON.stringify({ user: 'root', password, session: 'token' })
  const json = { 'content-type': 'application/json' }
  const logIn = async () => {
    const answer: unknown = await (await fetch(`${one.url}/v1/login`, { method: 'POST', headers: json, body })).json()
    return { authorization: `Bearer ${Object(answer).token}` }
  }
  const [ended, other] = [await logIn(), await logIn()]
  const status = async (hub: Hub, headers: Record<string, string>) =>
    (await fetch(`${hub.url}/v1/session`, { headers })).status
  expect([await status(one, ended), await status(two, ended)]).toEqual([200, 200])
  expect((await fetch(`${two.url}/v1/session`, { method: 'DELETE', headers: ended })).status).toBe(204)
  await expect.poll(() => status(one, ended)).toBe(401)
  await using later = await start()
  expect([await status(later, ended), await status(later, other), await status(one, other)]).toEqual([401, 200, 200])
  const { kvs } = await etcd.kv.range({ prefix: '/waypost/hub/ended-sessions/' })
  expect(kvs).toHaveLength(1)
  const { ttlSeconds } = await etcd.leases.timeToLive(kvs[0]?.lease ?? 0n)
  expect(ttlSeconds).toBeGreaterThan(6 * 86_400)
})
