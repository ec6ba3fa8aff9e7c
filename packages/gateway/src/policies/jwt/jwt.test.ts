import { createServer, type Server } from 'node:http'
import { FakeClock } from '@waypost/core/testing'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JwtSpec } from '../../document/policy-spec.ts'
import { context, facts, outcome, policyOf } from '../policy.test-support.ts'
import type { Policy } from '../policy.ts'

type Keys = Awaited<ReturnType<typeof generateKeyPair>>

const issuer = 'https://id.example.com'
const secret = 'a secret that is long enough to sign with'
const nowSeconds = 1_800_000_000

let rsa: Keys
let other: Keys
let ec: Keys
let server: Server
let url: string
let served: () => { readonly status: number; readonly body: string }
let fetches = 0
let clock: FakeClock
let notices: string[]

async function jwk(keys: Keys, kid: string): Promise<object> {
  return { ...(await exportJWK(keys.publicKey)), kid, use: 'sig' }
}

async function serve(...keys: readonly (readonly [Keys, string])[]): Promise<void> {
  const body = JSON.stringify({ keys: await Promise.all(keys.map(([pair, kid]) => jwk(pair, kid))) })
  served = () => ({ status: 200, body })
}

beforeAll(async () => {
  rsa = await generateKeyPair('RS256')
  other = await generateKeyPair('RS256')
  ec = await generateKeyPair('ES256')
  server = createServer((_request, response) => {
    fetches += 1
    const { status, body } = served()
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks.json`
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

beforeEach(async () => {
  fetches = 0
  notices = []
  clock = new FakeClock()
  await clock.advance(nowSeconds * 1_000 - clock.epochMs())
  await serve([rsa, 'k1'], [ec, 'k2'])
})

function policy(more: Partial<JwtSpec> = {}): Policy {
  const base = more.secret === undefined && more.jwks === undefined ? { jwksUrl: url } : {}
  return policyOf(
    { jwt: { issuer, audience: 'shop', ...base, ...more } },
    { clock, fetch: (address, init) => fetch(address, init), onNotice: (message) => notices.push(message) },
  )
}

interface Signing {
  readonly claims?: JWTPayload
  readonly keys?: Keys
  readonly alg?: string
  readonly kid?: string | undefined
}

const claims: JWTPayload = { iss: issuer, aud: 'shop', sub: 'mei', exp: nowSeconds + 60, iat: nowSeconds }

function token({ claims: more = {}, keys = rsa, alg = 'RS256', kid = 'k1' }: Signing = {}): Promise<string> {
  return new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg, ...(kid && { kid }) }).sign(keys.privateKey)
}

function endless(): Promise<string> {
  const { exp: _, ...rest } = claims
  return new SignJWT(rest).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(rsa.privateKey)
}

function hs(key: string | Uint8Array): Promise<string> {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(bytes)
}

function unsigned(alg: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg, typ: 'JWT' })}.${part(claims)}.`
}

function bearer(text: string) {
  return facts({ authorization: `Bearer ${text}` })
}

describe('a token', () => {
  it('that is right lets the request go on, with what it says', async () => {
    const jwt = policy({ claimHeaders: { 'X-User': 'sub', 'x-roles': 'realm.roles', 'x-none': 'none' } })
    const text = await token({ claims: { realm: { roles: ['a', 'b'] }, scope: 'read write', sub: '\u6885\r\nX: y' } })
    const decision = await jwt.check(bearer(text), context())
    expect(decision).toMatchObject({
      kind: 'continue',
      requestHeaders: { 'x-user': '%E6%A2%85%0D%0AX: y', 'x-roles': 'a,b' },
      identity: { subject: '\u6885\r\nX: y', policy: 'p', scopes: ['read', 'write'] },
    })
    expect(jwt.identityHeaders).toEqual(['x-user', 'x-roles', 'x-none'])
    // The second time at once, without looking at the signature again.
    expect(jwt.check(bearer(text), context())).toEqual(decision)
    expect(fetches).toBe(1)
  })

  const corpus: readonly [string, () => Promise<string> | string, string][] = [
    ['that is not there', () => '', '401 token-missing'],
    ['without a signature', () => unsigned('none'), '401 token-algorithm'],
    ['that says none in capitals', () => unsigned('NONE'), '401 token-algorithm'],
    ['with a foreign key', () => token({ keys: other }), '401 token-signature'],
    [
      'signed with the public key as a secret',
      async () => hs(JSON.stringify(await jwk(rsa, 'k1'))),
      '401 token-algorithm',
    ],
    [
      'by an algorithm that is not accepted',
      async () => token({ alg: 'RS512', keys: await generateKeyPair('RS512') }),
      '401 token-algorithm',
    ],
    ['that says another algorithm than its key', () => token({ kid: 'k2' }), '401 token-key-unknown'],
    ['that has expired', () => token({ claims: { exp: nowSeconds - 31 } }), '401 token-expired'],
    ['that has expired within the skew', () => token({ claims: { exp: nowSeconds - 29 } }), 'continue'],
    ['from the future', () => token({ claims: { nbf: nowSeconds + 31 } }), '401 token-not-yet-valid'],
    ['issued in the future', () => token({ claims: { iat: nowSeconds + 31 } }), '401 token-not-yet-valid'],
    ['from the future within the skew', () => token({ claims: { nbf: nowSeconds + 29 } }), 'continue'],
    ['that never expires', () => endless(), '401 token-endless'],
    ['whose expiry is a text', () => token({ claims: { exp: 'tomorrow' as unknown as number } }), '401 token-endless'],
    ['of another issuer', () => token({ claims: { iss: 'https://evil' } }), '401 token-issuer'],
    ['for another audience', () => token({ claims: { aud: ['billing'] } }), '401 token-audience'],
    ['for several audiences', () => token({ claims: { aud: ['billing', 'shop'] } }), 'continue'],
    ['with a key that nobody knows', () => token({ kid: 'k9', keys: other }), '401 token-key-unknown'],
    ['without the id of its key', () => token({ kid: undefined }), 'continue'],
    ['with another kind of key', () => token({ keys: ec, alg: 'ES256', kid: 'k2' }), 'continue'],
    ['that is huge', () => token({ claims: { junk: 'x'.repeat(9_000) } }), '401 token-too-large'],
    ['that was cut', async () => (await token()).slice(0, -20), '401 token-signature'],
    ['of two parts', async () => (await token()).split('.').slice(0, 2).join('.'), '401 token-malformed'],
    ['that is no JSON', () => 'e30.bm8.e30', '401 token-malformed'],
    ['of junk', () => '\u0000.\u0000', '401 token-malformed'],
  ]

  it.each(corpus)('%s', async (_which, make, wanted) => {
    const jwt = policy()
    const request = bearer(await make())
    expect(await outcome(jwt, request)).toBe(wanted)
    expect(await outcome(jwt, request)).toBe(wanted)
  })

  it('with a claim that was changed is refused', async () => {
    const [head, , signature] = (await token()).split('.')
    const body = Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url')
    expect(await outcome(policy(), bearer(`${head}.${body}.${signature}`))).toBe('401 token-signature')
  })

  it('that was accepted expires all the same', async () => {
    const jwt = policy()
    const request = bearer(await token())
    expect(await outcome(jwt, request)).toBe('continue')
    await clock.advance(89_000)
    expect(await outcome(jwt, request)).toBe('continue')
    await clock.advance(1_000)
    expect(await outcome(jwt, request)).toBe('401 token-expired')
  })

  it('says what is wrong where clients look', async () => {
    const decision = await policy().check(bearer(await token({ claims: { exp: 1 } })), context())
    expect(decision).toMatchObject({
      answer: {
        headers: { 'www-authenticate': 'Bearer error="invalid_token", error_description="The token has expired."' },
      },
    })
  })

  it('must have the claims that are asked for', async () => {
    const jwt = policy({ claims: { role: ['admin', 'ops'], tenant: 7 } })
    expect(await outcome(jwt, bearer(await token({ claims: { role: ['dev', 'ops'], tenant: 7 } })))).toBe('continue')
    expect(await outcome(jwt, bearer(await token({ claims: { role: 'dev', tenant: 7 } })))).toBe('403 claim-missing')
    expect(await outcome(jwt, bearer(await token({ claims: { role: 'ops', tenant: '7' } })))).toBe('403 claim-missing')
  })

  it('may be signed with a secret, and then with nothing else', async () => {
    const jwt = policy({ secret })
    expect(await outcome(jwt, bearer(await hs(secret)))).toBe('continue')
    expect(await outcome(jwt, bearer(await hs(`${secret}!`)))).toBe('401 token-signature')
    expect(await outcome(jwt, bearer(await token()))).toBe('401 token-algorithm')
  })

  it('may be left out when it is optional, and must be right when it is there', async () => {
    const jwt = policy({ optional: true })
    expect(await outcome(jwt, facts())).toBe('continue')
    expect(await outcome(jwt, facts({ authorization: 'Basic eDp5' }))).toBe('continue')
    expect(await outcome(jwt, bearer(await token({ keys: other })))).toBe('401 token-signature')
  })

  it('is taken out of the request when it is not to be sent on', async () => {
    const text = await token()
    const inHeader = await policy({ forward: false }).check(bearer(text), context())
    expect(inHeader).toMatchObject({ removeRequestHeaders: ['authorization'] })
    const cookies = facts({ cookie: `a=b; session=${text}; c=d` })
    const inCookie = await policy({ forward: false, from: { cookie: 'session' } }).check(cookies, context())
    expect(inCookie).toMatchObject({ kind: 'continue', requestHeaders: { cookie: 'a=b; c=d' } })
    const query = facts({}, { search: `?token=${text}` })
    expect(await outcome(policy({ from: { query: 'token' } }), query)).toBe('continue')
  })
})

describe('the keys of the issuer', () => {
  it('are fetched once for many requests', async () => {
    const jwt = policy()
    const requests = await Promise.all([1, 2, 3, 4].map((n) => token({ claims: { n } })))
    expect(await Promise.all(requests.map((text) => outcome(jwt, bearer(text))))).toEqual(Array(4).fill('continue'))
    expect(fetches).toBe(1)
  })

  it('are fetched again for a new key, but not for every junk', async () => {
    const jwt = policy()
    expect(await outcome(jwt, bearer(await token()))).toBe('continue')
    await clock.advance(31_000)
    await serve([other, 'k3'])
    const fresh = { iat: nowSeconds + 31, exp: nowSeconds + 91 }
    expect(await outcome(jwt, bearer(await token({ kid: 'k3', keys: other, claims: fresh })))).toBe('continue')
    expect(fetches).toBe(2)
    for (const kid of ['x1', 'x2', 'x3']) {
      expect(await outcome(jwt, bearer(await token({ kid, keys: other, claims: fresh })))).toBe('401 token-key-unknown')
    }
    expect(fetches).toBe(2)
    // The old key is gone, and with it the tokens that it signed.
    expect(await outcome(jwt, bearer(await token()))).toBe('401 token-key-unknown')
  })

  it('stay when they cannot be fetched again', async () => {
    const jwt = policy({ refreshMs: 60_000 })
    expect(await outcome(jwt, bearer(await token()))).toBe('continue')
    served = () => ({ status: 500, body: 'down' })
    await clock.advance(61_000)
    const later = { exp: nowSeconds + 200 }
    expect(await outcome(jwt, bearer(await token({ claims: later })))).toBe('continue')
    await expect.poll(() => notices).toHaveLength(1)
    expect(notices[0]).toContain('the last ones stay in use: status 500')
    expect(await outcome(jwt, bearer(await token({ claims: { ...later, n: 1 } })))).toBe('continue')
    expect(jwt.state?.()).toMatchObject({ keysProblem: 'status 500' })
  })

  it('that were never there are not the fault of the client', async () => {
    served = () => ({ status: 200, body: '<html>' })
    const jwt = policy()
    const text = await token()
    expect(await outcome(jwt, bearer(text))).toBe('503 keys-unavailable')
    expect(await outcome(jwt, bearer(text))).toBe('503 keys-unavailable')
    expect(fetches).toBe(1)
    await serve([rsa, 'k1'])
    await clock.advance(5_000)
    expect(await outcome(jwt, bearer(text))).toBe('continue')
  })
})
