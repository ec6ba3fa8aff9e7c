import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FakeClock } from '@waypost/core/testing'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadJwtKeys } from './jwt-keys.ts'
import { JwtTokens } from './jwt-tokens.ts'
import { type SigningMethod, signingMethods } from './signing-methods.ts'

let directory: string
const secret = Buffer.from('a secret that is long enough for everybody')
const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  otherRsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: generateKeyPairSync('ed25519'),
}

beforeAll(() => {
  directory = makeTempDir('jwt')
  for (const [name, { publicKey, privateKey }] of Object.entries(pairs)) {
    writeFileSync(file(`${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
    writeFileSync(file(`${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  }
  writeFileSync(file('secret'), secret)
  writeFileSync(file('empty'), '')
})

afterAll(() => removeTempDir(directory))

function file(name: string): string {
  return join(directory, name)
}

function pairOf(method: SigningMethod): keyof typeof pairs {
  return method === 'ES256' || method === 'ES384' || method === 'ES512' || method === 'EdDSA' ? method : 'rsa'
}

function files(method: SigningMethod) {
  if (method.startsWith('HS')) return { signMethod: method, privateKeyFile: file('secret') }
  const name = pairOf(method)
  return { signMethod: method, publicKeyFile: file(`${name}.pub`), privateKeyFile: file(`${name}.key`) }
}

async function tokensOf(method: SigningMethod, clock = new FakeClock()): Promise<JwtTokens> {
  return new JwtTokens({ keys: await loadJwtKeys(files(method)), clock, ttlMs: 60_000 })
}

function sign(claims: Record<string, unknown>, alg: string, key: KeyObject | Uint8Array): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(key)
}

const claims = { username: 'ann', revision: 7 }

describe.each(signingMethods)('with %s', (method) => {
  it('a token speaks for its user and revision, and others verify it', async () => {
    const tokens = await tokensOf(method)
    const token = await tokens.issue('ann', 1, 7n)
    expect(tokens.identityOf(token)).toMatchObject({ user: 'ann', revision: 7n })
    const key = method.startsWith('HS') ? secret : pairs[pairOf(method)].publicKey
    const { payload } = await jwtVerify(token, key, { algorithms: [method], currentDate: new Date(0) })
    expect(payload).toEqual({ ...claims, exp: expect.any(Number) })
  })

  it('a token with a changed claim or signature is refused', async () => {
    const tokens = await tokensOf(method)
    const [header = '', payload = '', signature = ''] = (await tokens.issue('ann', 1, 7n)).split('.')
    const forged = Buffer.from(JSON.stringify({ ...claims, username: 'root' })).toString('base64url')
    expect(tokens.identityOf(`${header}.${forged}.${signature}`)).toBeUndefined()
    const bytes = Buffer.from(signature, 'base64url')
    bytes[5] = (bytes[5] ?? 0) ^ 1
    expect(tokens.identityOf(`${header}.${payload}.${bytes.toString('base64url')}`)).toBeUndefined()
    expect(tokens.identityOf(`${header}.${payload}.${bytes.subarray(1).toString('base64url')}`)).toBeUndefined()
  })
})

it('only the configured method counts, whatever a token says of itself', async () => {
  const tokens = await tokensOf('RS256')
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const alg of ['none', 'None', '', undefined]) {
    expect(tokens.identityOf(`${part({ alg })}.${part(claims)}.`)).toBeUndefined()
    expect(tokens.identityOf(`${part({ alg })}.${part(claims)}.AAAA`)).toBeUndefined()
  }
  const signed = `${part({ alg: 'HS256' })}.${part(claims)}`
  const publicPem = pairs.rsa.publicKey.export({ type: 'spki', format: 'pem' })
  const withPublicKey = createHmac('sha256', publicPem).update(signed).digest('base64url')
  expect(tokens.identityOf(`${signed}.${withPublicKey}`)).toBeUndefined()
  expect(tokens.identityOf(await sign(claims, 'RS512', pairs.rsa.privateKey))).toBeUndefined()
  expect(tokens.identityOf(await sign(claims, 'RS256', pairs.otherRsa.privateKey))).toBeUndefined()
  expect(tokens.identityOf(await sign(claims, 'RS256', pairs.rsa.privateKey))).toBeDefined()
})

it.each([
  ['no user', { revision: 7 }],
  ['an empty user', { username: '', revision: 7 }],
  ['a user that is no text', { username: 5, revision: 7 }],
  ['no revision', { username: 'ann' }],
  ['a revision that is no whole number', { username: 'ann', revision: 1.5 }],
  ['a revision that is text', { username: 'ann', revision: '7' }],
  ['an end that is text', { ...claims, exp: 'never' }],
  ['an end that no number can hold', '{"username":"ann","revision":7,"exp":1e400}'],
  ['an end after the year 9999', { ...claims, exp: 253_402_300_800 }],
  ['a beginning that no number can hold', '{"username":"ann","revision":7,"nbf":-1e400}'],
  ['a negative time of issue', { ...claims, iat: -1 }],
  ['a revision that no number can hold', '{"username":"ann","revision":1e400}'],
  ['a negative revision', { username: 'ann', revision: -1 }],
])('a signed token with %s is refused', async (_what, content) => {
  const tokens = await tokensOf('ES256')
  const key = pairs.ES256.privateKey
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const body = Buffer.from(text).toString('base64url')
  const signed = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${body}`
  const signature = signBytes('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  expect(tokens.identityOf(`${signed}.${signature.toString('base64url')}`)).toBeUndefined()
})

it('what is no token at all, or asks for an unknown extension, is refused', async () => {
  const tokens = await tokensOf('HS256')
  for (const text of ['', '.', '..', 'a.b.c', 'AAAA', 'bnVsbA.bnVsbA.AAAA', 'x'.repeat(100_000)])
    expect(tokens.identityOf(text)).toBeUndefined()
  const handmade = (header: object): string => {
    const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  expect(tokens.identityOf(handmade({ alg: 'HS256' }))).toBeDefined()
  expect(tokens.identityOf(handmade({ alg: 'HS256', crit: ['b64'], b64: false }))).toBeUndefined()
})

it('a token counts until it expires, and not before its time, remembered or not', async () => {
  const clock = new FakeClock()
  const tokens = await tokensOf('ES256', clock)
  const token = await tokens.issue('ann', 1, 7n)
  await clock.advance(59_000)
  expect(tokens.identityOf(token)).toBeDefined()
  await clock.advance(2_000)
  expect(tokens.identityOf(token)).toBeUndefined()
  const now = Math.floor(clock.epochMs() / 1_000)
  const early = await sign({ ...claims, nbf: now + 100 }, 'ES256', pairs.ES256.privateKey)
  expect(tokens.identityOf(early)).toBeUndefined()
  await clock.advance(101_000)
  expect(tokens.identityOf(early)).toBeDefined()
})

describe('keys', () => {
  it('with a public key alone tokens are verified, not made', async () => {
    const keys = await loadJwtKeys({ signMethod: 'RS256', publicKeyFile: file('rsa.pub') })
    const tokens = new JwtTokens({ keys, clock: new FakeClock() })
    await expect(tokens.issue('ann', 1, 1n)).rejects.toThrow('token signing attempted with verify-only key')
    expect(tokens.identityOf(await sign(claims, 'RS256', pairs.rsa.privateKey))).toBeDefined()
  })

  it('with a private key alone both are done', async () => {
    const keys = await loadJwtKeys({ signMethod: 'ES256', privateKeyFile: file('ES256.key') })
    const tokens = new JwtTokens({ keys, clock: new FakeClock() })
    expect(tokens.identityOf(await tokens.issue('ann', 1, 1n))).toMatchObject({ user: 'ann' })
  })

  it.each([
    [{ signMethod: 'none' }, /sign-method must be one of RS256/],
    [{ signMethod: 'RS256' }, /RS256 needs a private key/],
    [{ signMethod: 'HS256', publicKeyFile: 'rsa.pub' }, /HS256 needs the file with the secret/],
    [{ signMethod: 'HS256', privateKeyFile: 'empty' }, /is empty/],
    [{ signMethod: 'RS256', privateKeyFile: 'ES256.key' }, /RS256 needs an RSA key.*ES256\.key holds another/],
    [{ signMethod: 'ES256', publicKeyFile: 'ES384.pub' }, /ES256 needs a key on prime256v1/],
    [{ signMethod: 'EdDSA', publicKeyFile: 'rsa.pub' }, /EdDSA needs an Ed25519 key/],
    [
      { signMethod: 'RS256', privateKeyFile: 'rsa.key', publicKeyFile: 'otherRsa.pub' },
      /is not the one of the private/,
    ],
    [{ signMethod: 'RS256', privateKeyFile: 'secret' }, /The key in .*secret cannot be used/],
    [{ signMethod: 'RS256', privateKeyFile: 'missing' }, /missing cannot be read/],
  ])('%o is refused', async ({ signMethod, ...names }, message) => {
    const paths = Object.fromEntries(Object.entries(names).map(([option, name]) => [option, file(name)]))
    await expect(loadJwtKeys({ signMethod, ...paths })).rejects.toThrow(message)
  })
})
