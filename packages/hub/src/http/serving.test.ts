import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { connect as connectPlainly } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { EtcdClient } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { makeTempDir, removeTempDir, until } from '@waypost/testkit'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStoreAndHub } from '../hub.test-support.ts'
import { readBody } from './json-body.ts'

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** As it is written: `fetch` would tidy paths up and take compressed answers apart. */
async function send(url: string, path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const { hostname, port } = new URL(url)
  const sent = request({ hostname, port, path, method, headers })
  sent.end(body)
  const [response]: IncomingMessage[] = await once(sent, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response ?? []) chunks.push(chunk)
  return { status: response?.statusCode, headers: response?.headers ?? {}, bytes: Buffer.concat(chunks) }
}

describe('the metrics', () => {
  it('count requests by operation and status, and readers of events', async () => {
    await using running = await startStoreAndHub()
    const { url } = running.hub
    await send(url, '/v1/names/user/instances')
    await send(url, '/v1/names/user/instances?status=none')
    await send(url, '/v1/nothing')
    const leaving = new AbortController()
    const reading = await fetch(`${url}/v1/names/user/instances?watch=true`, { signal: leaving.signal })
    const metrics = async () => (await send(url, '/metrics')).bytes.toString()
    const text = await metrics()
    for (const labels of ['operation="names.list",status="200"', 'operation="names.list",status="400"']) {
      expect(text).toContain(`waypost_hub_request_duration_seconds_count{${labels}} 1`)
    }
    expect(text).toContain('waypost_hub_request_duration_seconds_count{operation="none",status="404"} 1')
    expect(text).toContain('waypost_hub_event_stream_readers 1')
    expect(text).toContain('waypost_hub_slow_readers_total 0')
    expect(text).toContain('process_cpu_seconds_total')
    expect(reading.status).toBe(200)
    leaving.abort()
    await until('the reader has left', async () => (await metrics()).includes('waypost_hub_event_stream_readers 0'))
  })
})

describe('the log', () => {
  it('has a line for each change and failure, with the ids of the request and of its trace', async () => {
    const lines: Record<string, unknown>[] = []
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)))
        done()
      },
    })
    await using running = await startStoreAndHub({ logger: pino({ level: 'debug' }, destination) })
    const { url } = running.hub
    const trace = '0af7651916cd43dd8448eb211c80319c'
    const headers = { 'x-request-id': 'mine-1', traceparent: `00-${trace}-b7ad6b7169203331-01` }
    const body = JSON.stringify({ owner: 'ann' })
    const applied = await send(url, '/v1/names/user?', { method: 'PUT', headers, body })
    expect(applied.headers['x-request-id']).toBe('mine-1')
    const own = await send(url, '/v1/names/user?secret=1', { headers: { 'x-request-id': 'a b\tc', traceparent: 'no' } })
    expect(own.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    const of = (id: unknown) => lines.find(({ reqId, status }) => reqId === id && status !== undefined)
    await until('both are logged', () => of(own.headers['x-request-id']))
    expect(of('mine-1')).toMatchObject({
      level: 30,
      msg: 'PUT /v1/names/user',
      operation: 'names.apply',
      status: 201,
      from: '127.0.0.1',
      traceId: trace,
    })
    const second = of(own.headers['x-request-id'])
    expect(second).not.toHaveProperty('traceId')
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('answers', () => {
  it('are compressed for those who take that, where it pays', async () => {
    await using running = await startStoreAndHub()
    const { url } = running.hub
    await using etcd = new EtcdClient({ endpoints: running.store.url })
    for (let index = 0; index < 50; index++) await etcd.kv.put(`/services/user/${index}`, `10.0.0.${index}:80`)
    const path = '/v1/names/user/instances'
    await until('all are there', async () => (await send(url, path)).bytes.toString().includes('10.0.0.49'))
    const plain = await send(url, path)
    const asked = (accepted: string, at = path) => send(url, at, { headers: { 'accept-encoding': accepted } })
    const [brotli, gzip] = [await asked('gzip, deflate, br'), await asked('br;q=0, gzip')]
    expect([brotli.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual(['br', 'gzip'])
    expect(brotliDecompressSync(brotli.bytes).toString()).toBe(plain.bytes.toString())
    expect(gunzipSync(gzip.bytes).toString()).toBe(plain.bytes.toString())
    expect(gzip.bytes.length).toBeLessThan(plain.bytes.length / 2)
    expect(gzip.headers.etag).toBe(plain.headers.etag)
    expect(gzip.headers.vary).toContain('accept-encoding')
    expect((await asked('identity')).headers['content-encoding']).toBeUndefined()
    expect((await asked('br', '/v1/names/none/instances')).headers['content-encoding']).toBeUndefined()
    const document = await asked('br', '/openapi.json')
    expect(document.status).toBe(200)
  })
})

describe('over TLS', () => {
  const fixture = (name: string) => fileURLToPath(new URL(`../../../testkit/fixtures/tls/${name}.pem`, import.meta.url))

  it('lets in who shows a certificate, and reads its own again', async () => {
    const directory = makeTempDir('hub-tls')
    onTestFinished(() => removeTempDir(directory))
    const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    const place = (name: string): void => {
      copyFileSync(fixture(`${name}.cert`), certFile)
      copyFileSync(fixture(`${name}.key`), keyFile)
    }
    place('server')
    const tls = { certFile, keyFile, trustedCaFile: fixture('ca.cert'), clientCertAuth: true }
    await using running = await startStoreAndHub({ tls })
    const { hub } = running
    expect(hub.url).toMatch(/^https:/)
    const { readFileSync } = process.getBuiltinModule('node:fs')
    const ca = readFileSync(fixture('ca.cert'))
    const own = { cert: readFileSync(fixture('client.cert')), key: readFileSync(fixture('client.key')) }
    const get = async (with_: object): Promise<number | undefined> => {
      const sent = requestOverTls(`${hub.url}/livez`, { ca, servername: 'localhost', agent: false, ...with_ })
      sent.end()
      const [response]: IncomingMessage[] = await once(sent, 'response')
      response?.resume()
      return response?.statusCode
    }
    expect(await get(own)).toBe(200)
    await expect(get({})).rejects.toThrow()
    const servedName = async (): Promise<string> => {
      const socket = connect({ port: hub.port, ca, servername: 'localhost', ...own })
      await once(socket, 'secureConnect')
      const { CN = '' } = socket.getPeerCertificate().subject
      socket.destroy()
      return String(CN)
    }
    const before = await servedName()
    place('server-2')
    await hub.reloadCertificates()
    expect(await servedName()).not.toBe(before)
    copyFileSync(fixture('ca.cert'), keyFile)
    await expect(hub.reloadCertificates()).rejects.toThrow()
    expect(await get(own)).toBe(200)
  })
})

const longName = `/v1/names/${'x'.repeat(5_000)}/instances`

describe('bad input', () => {
  it.each([
    ['/v1/../v1/session', 404, 'not-found'],
    ['/v1/%2e%2e/%2e%2e/etc/passwd', 404, 'not-found'],
    ['/../../etc/passwd', 404, 'not-found'],
    ['/console/..%2f..%2fpackage.json', 404, 'not-found'],
    ['/v1/names/%zz/instances', 400, 'invalid-argument'],
    ['/v1/names/%c3%28/instances', 400, 'invalid-argument'],
    ['/v1/names/%2e%2e%2fx/instances', 400, 'invalid-argument'],
    ['/v1/config/documents/..%2fx', 400, 'invalid-argument'],
    ['/v1/config/documents/a%2f%2fb', 400, 'invalid-argument'],
    [longName, 400, 'invalid-argument'],
    ['//v1/session', 404, 'not-found'],
  ])('%.60s is a problem document', async (path, status, code) => {
    await using running = await startStoreAndHub()
    const answer = await send(running.hub.url, path)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ status, code, detail: expect.any(String) })
    expect(answer.status).toBe(status)
  })

  it('that is no HTTP, or too long to be read, is answered by a problem document as well', async () => {
    await using running = await startStoreAndHub()
    const { port, url } = running.hub
    const long = await send(url, `/v1/keys/${'%C3%AD'.repeat(12_000)}`)
    expect([long.status, JSON.parse(long.bytes.toString())]).toMatchObject([431, { status: 431, code: 'too-large' }])
    const socket = connectPlainly({ port, host: '127.0.0.1' })
    socket.end('GET / HTTP/9\r\n\r\n')
    let text = ''
    for await (const chunk of socket.setEncoding('utf8')) text += chunk
    expect(text).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/)
    expect(text).toContain('"code":"invalid-argument"')
  })

  it('keeps slashes in the names of documents', async () => {
    await using running = await startStoreAndHub()
    const { url } = running.hub
    const path = '/v1/config/documents/order%2Fapplication.yaml'
    const put = await send(url, path, { method: 'PUT', body: JSON.stringify({ content: 'a: 1\n', author: 'ann' }) })
    expect(put.status).toBe(200)
    expect(JSON.parse((await send(url, path)).bytes.toString())).toMatchObject({ path: 'order/application.yaml' })
    expect((await send(url, '/v1/config/documents/order/application.yaml')).status).toBe(404)
  })

  it('of another type than JSON is refused, and what says nothing of its type is read', async () => {
    await using running = await startStoreAndHub()
    const put = (type: string | undefined, body: string) =>
      send(running.hub.url, '/v1/names/user', {
        method: 'PUT',
        body,
        headers: type === undefined ? {} : { 'content-type': type },
      })
    expect((await put('text/plain', '{"owner":"ann"}')).status).toBe(415)
    expect((await put(undefined, '{"owner":"ann"}')).status).toBe(201)
    for (const body of ['{"owner":1}', '{"owner":["ann"]}', '"ann"', 'null', '{"owner":"ann","__proto__":{}}']) {
      expect([body, (await put('application/json', body)).status]).toEqual([body, 400])
    }
  })

  it('that comes too slowly is given up', async () => {
    const clock = new FakeClock()
    const server = createServer((incoming, response) => {
      readBody(incoming, 1_000, clock).then(
        (body) => response.end(body),
        (error: unknown) => response.writeHead(408).end(String(error)),
      )
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const address = server.address()
    const sent = request({ port: typeof address === 'object' ? address?.port : 0, method: 'POST', agent: false })
    const answered = once(sent, 'response')
    const arrived = once(server, 'request')
    sent.write('{"a":')
    await arrived
    await clock.advance(29_999)
    sent.write('1')
    await clock.advance(1)
    const [response]: IncomingMessage[] = await answered
    expect(response?.statusCode).toBe(408)
    sent.destroy()
  })
})
