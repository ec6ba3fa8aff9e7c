import { once } from 'node:events'
import { createServer, get as request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { httpHandler } from './http-handler.ts'

let unhealthyReason: string | undefined
let url = ''
const server = createServer(httpHandler({ unhealthy: () => unhealthyReason }))

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function get(path: string): Promise<[number, string]> {
  const response = await fetch(url + path)
  return [response.status, await response.text()]
}

it('a server that cannot write is not healthy and not ready, but lives', async () => {
  unhealthyReason = 'the log cannot be written'
  expect(await get('/health')).toEqual([503, '{"health":"false","reason":"the log cannot be written"}'])
  expect(await get('/readyz')).toEqual([503, 'the log cannot be written\n'])
  expect(await get('/livez')).toEqual([200, 'ok\n'])
  unhealthyReason = undefined
  expect(await get('/health')).toEqual([200, '{"health":"true","reason":""}'])
})

it('is found by a client that sends the whole URL, as to a proxy', async () => {
  for (const path of ['http://store.example/health?serializable=true', 'HTTP://store.example:2379/livez', '/livez?']) {
    const [response] = await once(request(url, { path }), 'response')
    response.resume()
    expect([path, response.statusCode]).toEqual([path, 200])
  }
})
