import { request } from 'node:http'
import { startStore } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonFields } from '../../../../protocol/src/generated/json-fields.ts'
import { fromJson, toJson } from '../../../../protocol/src/json/index.ts'
import type { EmbeddedServer } from '../../server.ts'
import { parseJson } from './json-sequence.ts'
import { gatewayRoutes } from './routes.ts'

const limits = {
  int64: [-(2n ** 63n), -(2n ** 53n) - 1n, -1n, 2n ** 53n + 1n, 1_234_567_890_123_456_789n, 2n ** 63n - 1n],
  uint64: [2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n],
} as const

const camel = (name: string): string => name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

/** Every message that has 64-bit fields, with each of them: whatever the gateway reads or writes is made of these. */
const fields = Object.entries(jsonFields).flatMap(([message, list]) =>
  list.flatMap((field) => (field.type === 'int64' || field.type === 'uint64' ? [[message, field] as const] : [])),
)

describe('64-bit fields', () => {
  it.each(fields)('%s.$proto keeps every digit in both spellings, in requests and answers', (message, field) => {
    if (field.type !== 'int64' && field.type !== 'uint64') return
    for (const value of limits[field.type]) {
      for (const name of [field.proto, camel(field.proto)]) {
        for (const spelling of [`${value}`, `"${value}"`]) {
          const json = field.repeated ? `{"${name}":[${spelling}]}` : `{"${name}":${spelling}}`
          const read = fromJson(message, parseJson(json))
          expect([json, read[field.name]]).toEqual([json, field.repeated ? [value] : value])
          const written = toJson(message, read)[field.proto]
          expect([json, written]).toEqual([json, field.repeated ? [String(value)] : String(value)])
        }
      }
    }
  })

  it('are all of the routes’', () => {
    expect(fields.length).toBeGreaterThan(40)
    for (const route of gatewayRoutes.values()) expect(() => route.encodeRequest({})).not.toThrow()
  })

  it('refuse what has no place in them', () => {
    for (const number of ['9223372036854775808', '-9223372036854775809', '1e19', '1.5', '1e400'])
      expect(() => fromJson('LeaseGrantRequest', parseJson(`{"ID":${number}}`))).toThrow(/^ID: expected an integer/)
    expect(() => fromJson('AuthUserAddRequest', parseJson('{"name":12345678901234567890}'))).toThrow(
      /^name: expected a string/,
    )
  })
})

describe('a lease with a large id', () => {
  let server: EmbeddedServer

  beforeAll(async () => {
    server = await startStore()
  })

  afterAll(() => server.close())

  function post(path: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request(server.url + path, { method: 'POST', agent: false }, async (response) => {
        let text = ''
        for await (const chunk of response.setEncoding('utf8')) text += chunk
        resolve(text)
      })
      call.on('error', reject)
      call.end(body)
    })
  }

  it.each(['7587895123456789011', '9223372036854775807'])(
    '%s is granted, attached to, renewed and revoked as a number',
    async (id) => {
      expect(await post('/v3/lease/grant', `{"ID":${id},"TTL":60}`)).toContain(`"ID":"${id}"`)
      await post('/v3/kv/put', `{"key":"YQ==","value":"Yg==","lease":${id}}`)
      expect(await post('/v3/kv/range', '{"key":"YQ=="}')).toContain(`"lease":"${id}"`)
      expect(await post('/v3/lease/keepalive', `{"ID":${id}}{"ID":"${id}"}`)).toMatch(
        new RegExp(`"ID":"${id}","TTL":"60".*\\n.*"ID":"${id}","TTL":"60"`),
      )
      expect(await post('/v3/lease/timetolive', `{"ID":${id},"keys":true}`)).toContain('"keys":["YQ=="]')
      expect(await post('/v3/lease/revoke', `{"ID":${id}}`)).not.toContain('error')
      expect(await post('/v3/lease/leases', '{}')).not.toContain(id)
    },
  )
})
