import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:http2'
import { startStore } from '@waypost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { EmbeddedServer } from '../server.ts'

const paths = ['/health', '/metrics', '/version', '/livez', '/v3/kv/range', '/nowhere']

let server: EmbeddedServer

afterEach(() => server.close())

async function statusOf(path: string, headers: Record<string, string>, method?: string): Promise<number> {
  const call = request(server.url + path, { method: method ?? (path.startsWith('/v3') ? 'POST' : 'GET'), headers })
  call.end()
  const [response]: IncomingMessage[] = await once(call, 'response')
  response?.resume()
  return response?.statusCode ?? 0
}

describe('on a loopback address without a login', () => {
  it.each(paths)('%s answers to names of this machine only', async (path) => {
    server = await startStore()
    for (const name of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'metadata', 'localhost.'])
      expect([name, await statusOf(path, { host: `${name}:${server.port}` })]).toEqual([name, 403])
    for (const name of ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '[::1]', '10.1.2.3'])
      expect([name, await statusOf(path, { host: `${name}:${server.port}` })]).not.toEqual([name, 403])
  })

  it.each(paths)('%s is not for pages of other sites', async (path) => {
    server = await startStore()
    for (const origin of ['http://evil.example', 'null', 'https://127.0.0.1', `http://127.0.0.1:${server.port + 1}`])
      expect([origin, await statusOf(path, { origin })]).toEqual([origin, 403])
    expect(await statusOf(path, { origin: server.url })).not.toBe(403)
  })

  it('the same holds over HTTP/2', async () => {
    server = await startStore()
    const session = connect(server.url)
    const stream = session.request({ ':path': '/metrics', ':authority': `evil.example:${server.port}` })
    const [headers] = await once(stream, 'response')
    expect(headers[':status']).toBe(403)
    session.destroy()
  })

  it('other names can be allowed', async () => {
    server = await startStore({ allowedHosts: ['Store.example'], advertiseUrls: ['http://dev.example:2379'] })
    for (const [host, status] of [
      ['store.example', 200],
      ['dev.example:2379', 200],
      ['evil.example', 403],
    ] as const)
      expect([host, await statusOf('/health', { host })]).toEqual([host, status])
    await server.close()
    server = await startStore({ allowedHosts: ['*'] })
    expect(await statusOf('/health', { host: 'anything.example' })).toBe(200)
  })
})

it('a store that needs a login answers to every name, and to no page of another site', async () => {
  server = await startStore({ rootPassword: 'secret' })
  expect(await statusOf('/health', { host: 'store.example' })).toBe(200)
  expect(await statusOf('/health', { origin: 'http://evil.example' })).toBe(403)
})

it('pages of allowed origins are answered, and may read the answer', async () => {
  server = await startStore({ allowedOrigins: ['https://console.example'] })
  const origin = 'https://console.example'
  const preflight = await fetch(`${server.url}/v3/kv/range`, { method: 'OPTIONS', headers: { origin } })
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin])
  const answer = await fetch(`${server.url}/v3/kv/range`, {
    method: 'POST',
    body: '{"key":"YQ=="}',
    headers: { origin },
  })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin])
})
