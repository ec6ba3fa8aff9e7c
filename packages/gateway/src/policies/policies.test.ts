import { createHash, scryptSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { FakeClock } from '@waypost/core/testing'
import { describe, expect, it } from 'vitest'
import type { BasicUser } from '../document/policy-spec.ts'
import { context, facts, outcome, outcomeOf, policyOf } from './policy.test-support.ts'
import type { Identity, Policy } from './policy.ts'
import type { SharedRate } from './policy-parts.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const mei: Identity = { subject: 'mei', policy: 'p', scopes: ['read'], claims: { role: 'dev' } }

describe('an API key', () => {
  const keys = {
    acme: { sha256: sha256('acme-key').toUpperCase(), scopes: ['orders'] },
    old: { sha256: sha256('old-key'), expires: '2020-01-01T00:00:00Z' },
    off: { sha256: sha256('off-key'), disabled: true },
  }

  it('lets its holder go on, does not reach the instance, and is told by its id', async () => {
    const policy = policyOf({ apiKey: { keys, idHeader: 'X-Client' } })
    expect(policy.identityHeaders).toEqual(['x-client'])
    expect(policy.check(facts({ 'x-api-key': 'acme-key' }), context())).toMatchObject({
      kind: 'continue',
      removeRequestHeaders: ['x-api-key'],
      requestHeaders: { 'x-client': 'acme' },
      identity: { subject: 'acme', scopes: ['orders'] },
    })
  })

  it.each([
    [{}, '401 key-missing'],
    [{ 'x-api-key': '' }, '401 key-missing'],
    [{ 'x-api-key': 'acme-kez' }, '401 key-unknown'],
    [{ 'x-api-key': sha256('acme-key') }, '401 key-unknown'],
    [{ 'x-api-key': 'x'.repeat(5_000) }, '401 key-unknown'],
    [{ 'x-api-key': 'old-key' }, '401 key-expired'],
    [{ 'x-api-key': 'off-key' }, '401 key-disabled'],
  ])('is refused in %o', async (headers, wanted) => {
    expect(await outcome(policyOf({ apiKey: { keys } }), facts(headers as Record<string, string>))).toBe(wanted)
  })

  it('may stand elsewhere', async () => {
    const authorization = policyOf({ apiKey: { keys, from: { header: 'Authorization' } } })
    expect(await outcome(authorization, facts({ authorization: 'ApiKey acme-key' }))).toBe('continue')
    const query = policyOf({ apiKey: { keys, from: { query: 'key' } } })
    expect(await outcome(query, facts({}, { search: '?a=1&key=acme-key' }))).toBe('continue')
    const cookie = policyOf({ apiKey: { keys, from: { cookie: 'k' } } }).check(
      facts({ cookie: 'k=acme-key' }),
      context(),
    )
    expect(cookie).toMatchObject({ kind: 'continue', removeRequestHeaders: ['cookie'] })
  })
})

describe('a user with a password', () => {
  const salt = Buffer.from('0123456789abcdef')
  const hashed = scryptSync('geheim', salt, 32, { N: 1024, r: 8, p: 1 })
  const users: Record<string, BasicUser> = {
    mei: { password: 'pa:ss', scopes: ['read'] },
    ada: { scrypt: `$scrypt$ln=10,r=8,p=1$${salt.toString('base64')}$${hashed.toString('base64')}` },
  }
  const basic = (user: string, password: string) =>
    facts({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` })

  it.each([
    ['mei', 'pa:ss', 'continue'],
    ['mei', 'pass', '401 password-wrong'],
    ['ada', 'geheim', 'continue'],
    ['ada', 'Geheim', '401 password-wrong'],
    ['eve', 'geheim', '401 password-wrong'],
    ['', '', '401 password-wrong'],
  ])('%s with %s: %s', async (user, password, wanted) => {
    const policy = policyOf({ basic: { users } })
    expect(await outcome(policy, basic(user, password))).toBe(wanted)
    expect(await outcome(policy, basic(user, password))).toBe(wanted)
  })

  it('is asked for one, and does not reach the instance with it', async () => {
    const policy = policyOf({ basic: { users, realm: 'shop', userHeader: 'x-user' } })
    expect(await policy.check(facts(), context())).toMatchObject({
      answer: { status: 401, headers: { 'www-authenticate': 'Basic realm="shop", charset="UTF-8"' } },
    })
    expect(await outcome(policy, facts({ authorization: 'Bearer x' }))).toBe('401 password-missing')
    expect(await policy.check(basic('mei', 'pa:ss'), context())).toMatchObject({
      removeRequestHeaders: ['authorization'],
      requestHeaders: { 'x-user': 'mei' },
      identity: { subject: 'mei', scopes: ['read'] },
    })
  })

  it('has a right password remembered, and never a wrong one', async () => {
    const policy = policyOf({ basic: { users } })
    expect(policy.check(basic('ada', 'geheim'), context())).toBeInstanceOf(Promise)
    expect(await outcome(policy, basic('ada', 'geheim'))).toBe('continue')
    expect(policy.check(basic('ada', 'geheim'), context())).toMatchObject({ kind: 'continue' })
    expect(policy.check(basic('ada', 'other'), context())).toBeInstanceOf(Promise)
  })

  it('is told to come back when too many passwords are being hashed', async () => {
    const policy = policyOf({ basic: { users } })
    const answers = await Promise.all(
      ['1', '2', '3', '4', '5', '6'].map((password) => outcome(policy, basic('ada', password))),
    )
    expect(answers.filter((answer) => answer === '503 overloaded')).toHaveLength(2)
  })
})

describe('addresses', () => {
  const policy = policyOf({ addresses: { allow: ['10.0.0.0/8', '2001:db8::/32'], deny: ['10.1.0.0/16'] } })

  it.each([
    ['10.2.3.4', 'continue'],
    ['10.1.2.3', '403 address-refused'],
    ['11.0.0.1', '403 address-refused'],
    ['::ffff:10.2.3.4', 'continue'],
    ['::ffff:10.1.2.3', '403 address-refused'],
    ['2001:db8:1::1', 'continue'],
    ['2001:db9::1', '403 address-refused'],
    ['unknown', '403 address-refused'],
    ['', '403 address-refused'],
  ])('%s: %s', async (clientAddress, wanted) => {
    expect(await outcome(policy, facts({}, { clientAddress }))).toBe(wanted)
  })
})

describe('a client certificate', () => {
  const certificate = { subject: 'CN=partner', alternativeNames: ['DNS:p.example.com'], fingerprint: 'ab'.repeat(32) }

  it.each([
    [{}, 'continue'],
    [{ subjects: ['CN=partner'] }, 'continue'],
    [{ alternativeNames: ['DNS:p.example.com'] }, 'continue'],
    [{ fingerprints: [`${'AB:'.repeat(31)}AB`] }, 'continue'],
    [{ subjects: ['CN=other'] }, '403 certificate-refused'],
  ])('against %o: %s', async (clientCertificate, wanted) => {
    expect(await outcome(policyOf({ clientCertificate }), facts({}, { certificate }))).toBe(wanted)
    expect(await outcome(policyOf({ clientCertificate }), facts())).toBe('403 certificate-missing')
  })
})

describe('cross-origin requests', () => {
  const cors = {
    origins: ['https://app.example.com', 'https://*.test.dev'],
    credentials: true,
    exposedHeaders: ['ETag'],
  }
  const policy = policyOf({ cors })
  const asks = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' }
  const from = (origin: string, more = {}, method = 'GET') => facts({ origin, ...more }, { method })

  it('of pages that are allowed go on, and may be read', () => {
    for (const origin of ['https://app.example.com', 'https://a.test.dev']) {
      expect(policy.check(from(origin), context())).toEqual({
        kind: 'continue',
        responseHeaders: {
          'access-control-allow-origin': origin,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'ETag',
          vary: 'Origin',
        },
      })
    }
  })

  it.each([
    'https://evil.com',
    'https://app.example.com.evil.com',
    'http://app.example.com',
    'https://test.dev',
    'null',
  ])('of %s get no headers', (origin) => {
    expect(policy.check(from(origin), context())).toEqual({ kind: 'continue', responseHeaders: { vary: 'Origin' } })
    const preflight = policy.check(from(origin, asks, 'OPTIONS'), context())
    expect(preflight).toEqual({ kind: 'answer', answer: { status: 204, headers: { vary: 'Origin' } } })
  })

  it('have their preflight answered here', () => {
    expect(policy.check(from('https://app.example.com', asks, 'OPTIONS'), context())).toMatchObject({
      answer: {
        status: 204,
        headers: {
          'access-control-allow-origin': 'https://app.example.com',
          'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
          'access-control-allow-headers': 'x-a',
          'access-control-max-age': '600',
        },
      },
    })
  })
})

describe('a rate', () => {
  it('allows a burst, then one in each spacing, for each client', async () => {
    const clock = new FakeClock()
    const policy = policyOf({ rate: { limit: 10, burst: 2 } }, { clock })
    const take = (clientAddress = '192.0.2.7') => outcome(policy, facts({}, { clientAddress }))
    expect([await take(), await take(), await take()]).toEqual(['continue', 'continue', '429 rate-limited'])
    expect(await take('192.0.2.8')).toBe('continue')
    await clock.advance(100)
    expect([await take(), await take()]).toEqual(['continue', '429 rate-limited'])
    expect(policy.check(facts(), context())).toMatchObject({ answer: { headers: { 'retry-after': '1' } } })
  })

  it('counts an IPv6 network as one client, and identities, headers and routes as they are', async () => {
    const clock = new FakeClock()
    const counted = async (
      by: 'route' | 'identity' | 'client-address' | { header: string },
      requests: Parameters<Policy['check']>[],
    ) => {
      const policy = policyOf({ rate: { limit: 1, by } }, { clock })
      return Promise.all(requests.map(async ([request, given]) => outcomeOf(await policy.check(request, given))))
    }
    const address = (clientAddress: string) => facts({}, { clientAddress })
    expect(
      await counted('client-address', [
        [address('2001:db8::1'), context()],
        [address('2001:db8:0:0:ffff::2'), context()],
        [address('2001:db8:0:1::1'), context()],
      ]),
    ).toEqual(['continue', '429 rate-limited', 'continue'])
    expect(
      await counted('identity', [
        [facts(), context(mei)],
        [address('192.0.2.9'), context(mei)],
        [facts(), context()],
      ]),
    ).toEqual(['continue', '429 rate-limited', 'continue'])
    expect(
      await counted({ header: 'X-Tenant' }, [
        [facts({ 'x-tenant': 'a' }), context()],
        [facts({ 'x-tenant': 'b' }), context()],
        [facts({ 'x-tenant': 'a' }), context()],
      ]),
    ).toEqual(['continue', 'continue', '429 rate-limited'])
    expect(
      await counted('route', [
        [address('192.0.2.1'), context()],
        [address('192.0.2.2'), context()],
      ]),
    ).toEqual(['continue', '429 rate-limited'])
  })

  it('is divided among the processes of a gateway', async () => {
    const policy = policyOf({ rate: { limit: 10 } }, { clock: new FakeClock(), workers: 5 })
    const answers = await Promise.all([1, 2, 3].map(() => outcome(policy, facts())))
    expect(answers).toEqual(['continue', 'continue', '429 rate-limited'])
  })

  it('is counted in the store when it is shared, and here while the store is away', async () => {
    const clock = new FakeClock()
    const asked: string[] = []
    const notices: string[] = []
    let isAway = false
    const sharedRate = (name: string): SharedRate => ({
      tryTake: () => {
        asked.push(name)
        if (isAway) return Promise.reject(new Error('no store'))
        return Promise.resolve({ allowed: asked.length < 3, retryAfterMs: 500, remaining: 0 })
      },
    })
    const policy = policyOf(
      { rate: { limit: 1, shared: true } },
      { clock, sharedRate, onNotice: (message) => notices.push(message) },
    )
    const take = () => outcome(policy, facts())
    expect([await take(), await take(), await take()]).toEqual(['continue', 'continue', '429 rate-limited'])
    expect(asked[0]).toBe('gateway/p/192.0.2.7')
    isAway = true
    expect([await take(), await take()]).toEqual(['continue', '429 rate-limited'])
    expect(notices).toHaveLength(1)
    expect(asked).toHaveLength(4)
    isAway = false
    await clock.advance(2_000)
    await take()
    expect(asked).toHaveLength(5)
  })
})

describe('concurrency', () => {
  it('lets so many in, a few wait, and refuses the rest', async () => {
    const clock = new FakeClock()
    const policy = policyOf({ concurrency: { max: 1, queue: 1, queueMs: 100 } }, { clock })
    const first = await policy.check(facts(), context())
    const second = policy.check(facts(), context())
    expect(await outcome(policy, facts())).toBe('503 overloaded')
    expect(policy.state?.()).toEqual({ inProgress: 1, waiting: 1 })
    if (first.kind === 'continue') {
      first.release?.()
      first.release?.()
    }
    const admitted = await second
    expect(outcomeOf(admitted)).toBe('continue')
    const late = policy.check(facts(), context())
    await clock.advance(100)
    expect(outcomeOf(await late)).toBe('503 overloaded')
    const gone = new AbortController()
    const waiting = policy.check(facts(), context(undefined, gone.signal))
    gone.abort()
    expect(outcomeOf(await waiting)).toBe('503 overloaded')
    if (admitted.kind === 'continue') admitted.release?.()
    expect(policy.state?.()).toEqual({ inProgress: 0, waiting: 0 })
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('asking another program', () => {
  async function asking(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    run: (policy: Policy) => Promise<void>,
    timeoutMs?: number,
  ): Promise<void> {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/check`
    const spec = { url, identityHeaders: ['X-User'], ...(timeoutMs !== undefined && { timeoutMs }) }
    try {
      await run(policyOf({ forwardAuth: spec }, { fetch: (to, init) => fetch(to, init) }))
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  it('lets a request go on with what the other says of it', () =>
    asking(
      ({ headers, method }, response) => {
        response.setHeader('x-user', `${headers.authorization} ${method} ${headers['x-forwarded-uri']}`)
        response.setHeader('x-other', 'no').end()
      },
      async (policy) => {
        const request = facts({ authorization: 'Bearer x', 'x-user': 'root' }, { method: 'POST', search: '?a=1' })
        expect(await policy.check(request, context())).toMatchObject({
          kind: 'continue',
          requestHeaders: { 'x-user': 'Bearer x GET /orders?a=1' },
        })
        expect(policy.identityHeaders).toEqual(['x-user'])
      },
    ))

  it('gives its refusal to the client', () =>
    asking(
      (_request, response) => {
        response.writeHead(302, { location: 'https://login/', 'set-cookie': ['a=1', 'b=2'], 'x-inner': 'no' }).end('go')
      },
      async (policy) => {
        expect(await policy.check(facts(), context())).toEqual({
          kind: 'answer',
          answer: {
            status: 302,
            code: 'auth-refused',
            detail: 'The request was refused.',
            headers: { location: 'https://login/', 'set-cookie': ['a=1', 'b=2'] },
            body: Buffer.from('go'),
          },
        })
      },
    ))

  it('refuses while there is no answer', async () => {
    await asking(
      () => {},
      async (policy) => expect(await outcome(policy, facts())).toBe('503 auth-unavailable'),
      50,
    )
    const dead = policyOf({ forwardAuth: { url: 'http://127.0.0.1:1/' } }, { fetch: (to, init) => fetch(to, init) })
    expect(await outcome(dead, facts())).toBe('503 auth-unavailable')
  })
})
