import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { newSecret, signedHeaders } from './standard-signature.ts'

test('the reference implementation takes the signatures', () => {
  const secret = newSecret()
  const body = JSON.stringify({ text: 'ünïcode' })
  const headers = { ...signedHeaders(secret, { id: 'wh-1.7.0', epochMs: Date.now(), body }) }
  expect(new Webhook(secret).verify(body, headers)).toEqual({ text: 'ünïcode' })
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow()
  expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow()
  const late = { ...signedHeaders(secret, { id: 'wh-1.7.0', epochMs: Date.now() - 600_000, body }) }
  expect(() => new Webhook(secret).verify(body, late)).toThrow()
})
