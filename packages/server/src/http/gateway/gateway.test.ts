import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { connect as connectTo, type Socket } from 'node:net'
import { FakeClock } from '@waypost/core/testing'
import { Lock } from '@waypost/protocol'
import { RpcConnection } from '@waypost/rpc'
import { startStore } from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EmbeddedServer } from '../../server.ts'

/** Longer than a test may take: one that waits for it fails. */
const graceMs = 600_000

let server: EmbeddedServer
const open: ClientRequest[] = []
const sockets: Socket[] = []

beforeEach(async () => {
  server = await startStore()
})

afterEach(async () => {
  for (const call of [...open.splice(0), ...sockets.splice(0)]) call.destroy()
  await server.close()
})

function send(path: string, options: RequestOptions = {}): { call: ClientRequest; answered: Promise<IncomingMessage> } {
  const call = request(server.url + path, { method: 'POST', agent: false, ...options })
  open.push(call)
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    call.on('response', resolve)
    call.on('error', reject)
  })
  answered.catch(() => {})
  return { call, answered }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return text
}

async function post(path: string, body: unknown, options: RequestOptions = {}): Promise<[number | undefined, unknown]> {
  const { call, answered } = send(path, options)
  call.end(typeof body === 'string' ? body : JSON.stringify(body))
  const response = await answered
  const text = await textOf(response)
  return [response.statusCode, text === '' ? text : JSON.parse(text)]
}

/** Lines as they come. */
class Lines {
  readonly #iterator: AsyncIterator<string>
  #rest = ''

  constructor(response: IncomingMessage) {
    this.#iterator = response.setEncoding('utf8')[Symbol.asyncIterator]()
  }

  async next(): Promise<unknown> {
    while (!this.#rest.includes('\n')) {
      const { value, done } = await this.#iterator.next()
      if (done) return undefined
      this.#rest += value
    }
    const end = this.#rest.indexOf('\n')
    const line = this.#rest.slice(0, end)
    this.#rest = this.#rest.slice(end + 1)
    return JSON.parse(line)
  }
}

/** Sends calls one behind the other on one connection, without waiting for answers. */
async function pipeline(...calls: (readonly [path: string, body: object])[]): Promise<Socket> {
  const socket = connectTo({ port: server.port, host: '127.0.0.1' })
  sockets.push(socket)
  await once(socket, 'connect')
  const requests = calls.map(([path, body]) => {
    const text = JSON.stringify(body)
    return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${text.length}\r\n\r\n${text}`
  })
  socket.write(requests.join(''))
  return socket
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('streams', () => {
  it('a watch takes requests while it answers, and stays open when no more come', async () => {
    const { call, answered } = send('/v3/watch')
    call.write(JSON.stringify({ create_request: { key: base64('a') } }))
    const lines = new Lines(await answered)
    expect(await lines.next()).toMatchObject({ result: { created: true } })
    call.write(` {"create_request":{"key":"${base64('b')}","watch_id":"7"`)
    call.end('}}{"progress_request":{}}')
    expect(await lines.next()).toMatchObject({ result: { created: true, watch_id: '7' } })
    expect(await lines.next()).toMatchObject({ result: { watch_id: '-1', header: { revision: '1' } } })
    await post('/v3/kv/put', { key: base64('b'), value: base64('1') })
    await post('/v3/kv/deleterange', { key: base64('b') })
    expect(await lines.next()).toMatchObject({
      result: { watch_id: '7', events: [{ kv: { key: base64('b'), value: base64('1'), version: '1' } }] },
    })
    expect(await lines.next()).toEqual({
      result: {
        header: expect.objectContaining({ revision: '3' }),
        watch_id: '7',
        events: [{ type: 'DELETE', kv: { key: base64('b'), mod_revision: '3' } }],
      },
    })
  })

  it('nonsense in the middle of a stream ends it with an error', async () => {
    const { call, answered } = send('/v3/watch')
    call.write(JSON.stringify({ create_request: { key: base64('a') } }))
    const lines = new Lines(await answered)
    await lines.next()
    call.write('{nonsense}')
    expect(await lines.next()).toMatchObject({ error: { code: 3 } })
    expect(await lines.next()).toBeUndefined()
  })

  it('nonsense at the beginning is refused', async () => {
    expect(await post('/v3/watch', '{nonsense}')).toEqual([400, expect.objectContaining({ code: 3 })])
    expect(await post('/v3/watch', '{"create_request"')).toEqual([400, expect.objectContaining({ code: 3 })])
    expect(await post('/v3/watch', '{"create_request":5}')).toEqual([400, expect.objectContaining({ code: 3 })])
  })

  it('a watch ends with its client', async () => {
    const { call, answered } = send('/v3/watch')
    call.write(JSON.stringify({ create_request: { key: base64('a') } }))
    await new Lines(await answered).next()
    const streams = async () =>
      /^etcd_debugging_mvcc_watch_stream_total (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]
    expect(await streams()).toBe('1')
    call.destroy()
    await expect.poll(streams).toBe('0')
    const client = await pipeline(['/v3/watch', { create_request: {} }], ['/v3/watch', { create_request: {} }])
    await expect.poll(streams).toBe('2')
    client.destroy()
    await expect.poll(streams).toBe('0')
  })

  it('a reader that is slow gets everything in the end', async () => {
    const { call, answered } = send('/v3/watch')
    call.end(JSON.stringify({ create_request: { key: base64('a') } }))
    const response = await answered
    const value = Buffer.alloc(500_000, 1).toString('base64')
    for (let count = 0; count < 20; count++) await post('/v3/kv/put', { key: base64('a'), value })
    const lines = new Lines(response)
    await lines.next()
    const versions: string[] = []
    while (versions.length < 20) {
      const line = JSON.parse(JSON.stringify(await lines.next()))
      for (const { kv } of line.result.events) versions.push(kv.version)
    }
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)))
  })

  it('a lease is renewed for as long as requests come', async () => {
    await post('/v3/lease/grant', { TTL: 60, ID: 5 })
    const { call, answered } = send('/v3/lease/keepalive')
    call.write('{"ID":"5"}')
    const lines = new Lines(await answered)
    expect(await lines.next()).toMatchObject({ result: { ID: '5', TTL: '60' } })
    call.write('{"ID":"5"}')
    expect(await lines.next()).toMatchObject({ result: { ID: '5', TTL: '60' } })
    call.end()
    expect(await lines.next()).toBeUndefined()
  })

  it('the leader of an election is observed', async () => {
    const { call, answered } = send('/v3/election/observe')
    call.end(JSON.stringify({ name: base64('e') }))
    await post('/v3/election/campaign', { name: base64('e'), value: base64('ann') })
    const lines = new Lines(await answered)
    expect(await lines.next()).toMatchObject({ result: { kv: { value: base64('ann') } } })
  })

  it('end when the server closes', async () => {
    const { call, answered } = send('/v3/watch')
    call.write(JSON.stringify({ create_request: { key: base64('a') } }))
    const lines = new Lines(await answered)
    await lines.next()
    await server.close({ graceMs })
    expect(await lines.next().catch(() => undefined)).toBeUndefined()
  })
})

describe('unary calls', () => {
  const queue = async () => (await post('/v3/kv/range', { key: base64('l/'), range_end: base64('l0') }))[1]

  it('a client that waits for a lock and goes away leaves the queue', async () => {
    const connection = new RpcConnection(server.url)
    const name = Buffer.from('l')
    const held = await connection.unary(Lock.lock, { name, lease: 0n })
    const { call } = send('/v3/lock/lock')
    call.end(JSON.stringify({ name: base64('l') }))
    await expect.poll(queue).toMatchObject({ count: '2' })
    call.destroy()
    await expect.poll(queue).toMatchObject({ count: '1' })
    await connection.unary(Lock.unlock, { key: held.key })
    await connection.close()
  })

  it('a client that goes away while its call waits for the answer before it leaves the queue too', async () => {
    await post('/v3/lock/lock', { name: base64('l') })
    const client = await pipeline(
      ['/v3/watch', { create_request: { key: base64('a') } }],
      ['/v3/lock/lock', { name: base64('l') }],
    )
    await expect.poll(queue).toMatchObject({ count: '2' })
    client.destroy()
    await expect.poll(queue).toMatchObject({ count: '1' })
  })

  it('a client that does not read its answers is not answered further, until it does', async () => {
    const value = Buffer.alloc(1_000_000, 1).toString('base64')
    for (const name of ['big/1', 'big/2', 'big/3', 'big/4']) await post('/v3/kv/put', { key: base64(name), value })
    const started = async (): Promise<number> => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return Number(/^grpc_server_started_total\{.*grpc_method="Range".*\} (\d+)$/m.exec(text)?.[1] ?? 0)
    }
    const range = { key: base64('big/'), range_end: base64('big0') }
    const client = await pipeline(...Array.from({ length: 20 }, () => ['/v3/kv/range', range] as const))
    client.pause()
    await expect.poll(started).toBeGreaterThan(5)
    for (let time = 0; time < 20; time++) expect(await started()).toBeLessThan(10)
    const statusLine = 'HTTP/1.1 200'
    let answers = 0
    let end = ''
    for await (const chunk of client) {
      const text = end + chunk.toString('latin1')
      answers += text.split(statusLine).length - 1
      end = text.slice(1 - statusLine.length)
      if (answers === 20) break
    }
    expect(await started()).toBe(20)
  })

  it('a client that waits for a lock is told when the server closes', async () => {
    await post('/v3/lock/lock', { name: base64('l') })
    const waiting = post('/v3/lock/lock', { name: base64('l') })
    await expect
      .poll(() => post('/v3/kv/range', { key: base64('l/'), range_end: base64('l0') }))
      .toMatchObject([200, { count: '2' }])
    await server.close({ graceMs })
    expect(await waiting).toEqual([503, expect.objectContaining({ message: 'etcdserver: server stopped', code: 14 })])
  })

  it('a body without end is cut off', async () => {
    const { call, answered } = send('/v3/kv/put')
    call.on('error', () => {})
    const piece = Buffer.alloc(64 * 1024, ' ')
    const pump = (): void => {
      while (!call.destroyed && call.write(piece));
    }
    call.on('drain', pump)
    pump()
    const response = await answered
    expect(response.statusCode).toBe(429)
    expect(response.headers.connection).toBe('close')
  })

  it('a body that does not come is not waited for', async () => {
    await server.close()
    const clock = new FakeClock()
    server = await startStore({ clock })
    const { call, answered } = send('/v3/kv/put')
    call.write('{"key":')
    const failed = answered.catch((error: NodeJS.ErrnoException) => error.code)
    // Moved until the server has seen the request and given it up.
    await expect
      .poll(async () => {
        await clock.advance(60_000)
        return call.destroyed
      })
      .toBe(true)
    expect(await failed).toBe('ECONNRESET')
  })

  it('deeply nested JSON is refused', async () => {
    const depth = 20_000
    const body = `${'{"success":[{"request_txn":'.repeat(depth)}{}${'}]}'.repeat(depth)}`
    expect(await post('/v3/kv/txn', body)).toEqual([400, expect.objectContaining({ code: 3 })])
  })

  it('HTTP/2 without gRPC is served too', async () => {
    const { connect } = await import('node:http2')
    const session = connect(server.url)
    const stream = session.request({ ':method': 'POST', ':path': '/v3/kv/range', 'content-type': 'application/json' })
    stream.end(JSON.stringify({ key: base64('a') }))
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += chunk
    expect(JSON.parse(text)).toMatchObject({ header: { revision: '1' } })
    session.close()
  })

  it.each(['http://evil.example', 'null', 'https://localhost'])('a page of %s is kept out', async (origin) => {
    expect(await post('/v3/kv/put', { key: base64('a') }, { headers: { origin } })).toEqual([
      403,
      expect.objectContaining({ code: 7 }),
    ])
    expect(await post('/v3/kv/range', { key: base64('a') })).toEqual([200, expect.not.objectContaining({ count: '1' })])
  })

  it('a page whose name was given the address of this machine is kept out', async () => {
    const headers = { host: `evil.example:${server.port}`, origin: `http://evil.example:${server.port}` }
    expect((await post('/v3/kv/put', { key: base64('a') }, { headers }))[0]).toBe(403)
  })

  it('a page of the same address is let in', async () => {
    expect((await post('/v3/kv/put', { key: base64('a') }, { headers: { origin: server.url } }))[0]).toBe(200)
  })
})

describe('logins', () => {
  beforeEach(async () => {
    await server.close()
    server = await startStore({ rootPassword: 'secret' })
  })

  it('a token in Authorization, with or without Bearer, or in Grpc-Metadata-Token says who calls', async () => {
    const [, answer] = await post('/v3/auth/authenticate', { name: 'root', password: 'secret' })
    const { token } = JSON.parse(JSON.stringify(answer))
    const put = (headers: Record<string, string>) => post('/v3/kv/put', { key: base64('a') }, { headers })
    for (const headers of [
      { authorization: token },
      { authorization: `Bearer ${token}` },
      { 'grpc-metadata-token': token },
    ])
      expect((await put(headers))[0]).toBe(200)
    expect(await put({})).toEqual([
      400,
      expect.objectContaining({ message: 'etcdserver: user name is empty', code: 3 }),
    ])
    expect(await put({ authorization: 'x' })).toEqual([
      401,
      expect.objectContaining({ message: 'etcdserver: invalid auth token', code: 16 }),
    ])
  })

  it('a wrong password', async () => {
    expect(await post('/v3/auth/authenticate', { name: 'root', password: 'guess' })).toEqual([
      400,
      expect.objectContaining({ code: 3 }),
    ])
  })

  it('health, version and metrics need none', async () => {
    for (const path of ['/health', '/livez', '/readyz', '/version', '/metrics'])
      expect((await fetch(server.url + path)).status).toBe(200)
  })
})
