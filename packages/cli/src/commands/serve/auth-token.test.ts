import { expect, test } from 'vitest'
import { authToken } from './auth-token.ts'

test.each([
  [undefined, undefined, undefined],
  ['simple', undefined, { kind: 'simple' }],
  [undefined, 60, { kind: 'simple', ttlSeconds: 60 }],
  [
    'jwt,pub-key=a.pub,priv-key=/b/c.key,sign-method=RS256,ttl=10m',
    undefined,
    { kind: 'jwt', signMethod: 'RS256', publicKeyFile: 'a.pub', privateKeyFile: '/b/c.key', ttlSeconds: 600 },
  ],
  ['jwt,sign-method=HS512,priv-key=a=b', 60, { kind: 'jwt', signMethod: 'HS512', privateKeyFile: 'a=b' }],
])('--auth-token %s --auth-token-ttl %s means %o', (spec, ttl, meaning) => {
  expect(authToken(spec, ttl)).toEqual(meaning)
})

test.each([
  'jwt',
  'jwt,priv-key=a',
  'jwt,sign-method=RS256,colour=red',
  'jwt,sign-method=RS256,priv-key',
  'jwt,sign-method=RS256,ttl=soon',
  'simple,ttl=5m',
  'token',
  '',
])('--auth-token %s is refused', (spec) => {
  expect(() => authToken(spec, undefined)).toThrow(/--auth-token/)
})
