import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EtcdClient } from '@waypost/client'
import { freePorts, startStore } from '@waypost/testkit'
import Provider from 'oidc-provider'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Hub, startHub } from '../src/hub.ts'
import type { OidcOptions } from '../src/oidc/oidc-options.ts'
import { Browser, type Page } from './browser.test-support.ts'

const rootPassword = 'secret-of-root'
const secret = 'a session secret of more than 32 characters'

/** The accounts at the provider, by their names there. */
const accounts: Record<string, Readonly<Record<string, unknown>>> = {}

let store: Awaited<ReturnType<typeof startStore>>
let etcd: EtcdClient
let hub: Hub
let provider: Server
let issuer: string

beforeEach(async () => {
  // What the provider says of being a provider for tests.
  vi.spyOn(console, 'warn').mockReturnValue()
  vi.spyOn(console, 'info').mockReturnValue()
  for (const name of Object.keys(accounts)) delete accounts[name]
  accounts.ann = { email: 'ann@example.com', email_verified: true, groups: ['developers'] }
  store = await startStore({ rootPassword })
  etcd = new EtcdClient({ endpoints: store.url, auth: { username: 'root', password: rootPassword } })
  await etcd.auth.roles.add('order-reader')
  await etcd.auth.roles.grant('order-reader', 'read', { prefix: '/config/order/' })
  const [port = 0] = await freePorts(1)
  provider = createServer()
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${portOf(provider)}`
  provider.on('request', new Provider(issuer, providerConfiguration(`http://127.0.0.1:${port}`)).callback())
  hub = await start(port)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await hub.close()
  provider.closeAllConnections()
  await new Promise((resolve) => provider.close(resolve))
  await etcd.close()
  await store.close()
})

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function start(port: number, options: Partial<OidcOptions> = {}): Promise<Hub> {
  const publicUrl = `http://127.0.0.1:${port}`
  const roles = { developers: ['order-reader'], admins: ['root'] }
  return startHub({
    endpoints: store.url,
    auth: { username: 'root', password: rootPassword },
    port,
    logger: false,
    timeline: false,
    sessionSecret: secret,
    oidc: { issuer, clientId: 'waypost', clientSecret: 'secret-of-client', publicUrl, roles, ...options },
  })
}

function providerConfiguration(hubUrl: string): Readonly<Record<string, unknown>> {
  return {
    clients: [
      {
        client_id: 'waypost',
        client_secret: 'secret-of-client',
        redirect_uris: [`${hubUrl}/v1/oidc/callback`],
        post_logout_redirect_uris: [`${hubUrl}/`],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['groups'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => Promise.resolve({ sub: id, ...accounts[id] }),
    }),
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    cookies: { keys: ['a key for cookies'] },
  }
}

/** Logs in at the provider, and agrees to all it asks. */
async function logIn(browser: Browser, name: string, from = '/v1/oidc/login?return=/timeline'): Promise<Page> {
  let page = await browser.open(hub.url + from)
  for (let step = 0; step < 3 && page.url.startsWith(issuer); step++) {
    const isLogin = page.html.includes('name="login"')
    page = await browser.submit(page, isLogin ? { prompt: 'login', login: name, password: 'x' } : { prompt: 'consent' })
  }
  return page
}

async function ask(browser: Browser, path: string): Promise<{ status: number; body: unknown }> {
  const { status, html } = await browser.open(hub.url + path)
  return { status, body: JSON.parse(html) }
}

test('somebody logs in with the roles that their groups are mapped to', async () => {
  const browser = new Browser()
  const page = await logIn(browser, 'ann')
  expect(page, page.html).toMatchObject({ status: 200, html: expect.stringContaining('content="0;url=/timeline"') })
  expect(browser.cookies.has('waypost_oidc')).toBe(false)
  expect(await ask(browser, '/v1/session')).toMatchObject({ status: 200, body: { user: 'oidc:ann@example.com' } })
  expect((await etcd.auth.users.get('oidc:ann@example.com')).roles).toEqual(['order-reader'])
  // What she may do is decided by the store.
  const session = browser.cookies.get('waypost_session')
  const headers = { authorization: `Bearer ${session}` }
  expect((await fetch(`${hub.url}/v1/webhooks`, { headers })).status).toBe(403)
})

test('groups that change at the provider change the roles, and only those that came from there', async () => {
  await etcd.auth.roles.add('by-hand')
  await logIn(new Browser(), 'ann')
  await etcd.auth.users.grantRole('oidc:ann@example.com', 'by-hand')
  accounts.ann = { ...accounts.ann, groups: ['admins'] }
  await logIn(new Browser(), 'ann')
  expect((await etcd.auth.users.get('oidc:ann@example.com')).roles.toSorted()).toEqual(['by-hand', 'root'])
})

test.each([
  ['is in no group that is mapped', { email: 'bob@example.com', groups: ['others'] }, 'None of your groups'],
  ['has no verified address', { email: 'bob@example.com', email_verified: false, groups: ['admins'] }, 'not verified'],
  ['has no name', { groups: ['admins'] }, 'no usable name'],
  ['has a name with a slash', { email: 'a/b', groups: ['admins'] }, 'no usable name'],
])('refuses somebody who %s', async (_why, claims, message) => {
  accounts.bob = claims
  const browser = new Browser()
  const page = await logIn(browser, 'bob')
  expect(page).toMatchObject({ status: 403, html: expect.stringContaining(message) })
  expect(browser.cookies.has('waypost_session')).toBe(false)
  expect(await etcd.auth.users.list()).toEqual(['root'])
})

test('refuses a name that belongs to somebody else', async () => {
  await logIn(new Browser(), 'ann')
  accounts.mallory = { email: 'ann@example.com', groups: ['developers'] }
  expect((await logIn(new Browser(), 'mallory')).status).toBe(403)
  await etcd.auth.users.add('oidc:made-by-hand', 'a password')
  accounts.carl = { email: 'made-by-hand', groups: ['developers'] }
  const page = await logIn(new Browser(), 'carl')
  expect(page).toMatchObject({ status: 403, html: expect.stringContaining('was not made for your account') })
})

test('takes no answer that this browser did not ask for', async () => {
  const victim = new Browser()
  const other = new Browser()
  const callback = (query: string) => `${hub.url}/v1/oidc/callback?${query}`
  // A browser that began nothing.
  expect((await other.open(callback('code=x&state=y'))).status).toBe(401)
  // One that began, and is given another state or code.
  await victim.open(`${hub.url}/v1/oidc/login`)
  const state = new URL((await fetchLogin(victim)) ?? '').searchParams.get('state')
  expect((await victim.open(callback(`code=x&state=${state}x`))).status).toBe(401)
  expect((await victim.open(callback(`code=x&state=${state}`))).status).toBe(401)
  expect(victim.cookies.has('waypost_session')).toBe(false)
})

async function fetchLogin(browser: Browser): Promise<string | null> {
  const answer = await fetch(`${hub.url}/v1/oidc/login`, { redirect: 'manual' })
  const [, cookie = ''] = /waypost_oidc=([^;]+)/.exec(answer.headers.getSetCookie()[0] ?? '') ?? []
  browser.cookies.set('waypost_oidc', cookie)
  return answer.headers.get('location')
}

test('begins a new session, whatever cookie the browser came with', async () => {
  const browser = new Browser()
  await logIn(browser, 'ann')
  const first = browser.cookies.get('waypost_session')
  await logIn(browser, 'ann')
  expect(browser.cookies.get('waypost_session')).not.toBe(first)
})

test('a link cannot send people elsewhere after the login', async () => {
  for (const target of ['//evil.example', 'https://evil.example', '/\\evil.example', '/%09/evil.example\t']) {
    const page = await logIn(new Browser(), 'ann', `/v1/oidc/login?return=${encodeURIComponent(target)}`)
    expect(page.html).toContain('content="0;url=/"')
  }
})

test('logs out here and at the provider', async () => {
  const browser = new Browser()
  await logIn(browser, 'ann')
  const token = browser.cookies.get('waypost_session')
  const answer = await fetch(`${hub.url}/v1/oidc/logout`, {
    redirect: 'manual',
    headers: { cookie: `waypost_session=${token}` },
  })
  expect(answer.headers.get('location')).toContain(`${issuer}/session/end`)
  const after = await fetch(`${hub.url}/v1/session`, { headers: { authorization: `Bearer ${token}` } })
  expect(after.status).toBe(401)
})

test('tells pages how people log in', async () => {
  const answer: unknown = await (await fetch(`${hub.url}/v1/login`)).json()
  expect(answer).toEqual({ password: true, oidc: { title: new URL(issuer).host, path: '/v1/oidc/login' } })
})

test('needs a secret, and a provider with TLS', async () => {
  const oidc = { issuer: 'http://example.com', clientId: 'x', publicUrl: 'http://127.0.0.1', roles: {} }
  await expect(startHub({ endpoints: store.url, port: 0, oidc })).rejects.toMatchObject({ code: 'invalid-argument' })
  await expect(startHub({ endpoints: store.url, port: 0, sessionSecret: secret, oidc })).rejects.toMatchObject({
    code: 'invalid-argument',
  })
})
