import { readFileSync } from 'node:fs'
import { get, request as requestHttp1 } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { request as requestHttps } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { RpcConnection } from '../client/connection.ts'
import { FrameFlag, FrameType } from '../http2/frame.ts'
import { clientOpening, frame, uint32 } from '../http2/raw-peer.test-support.ts'
import { requestBlock } from '../http2/recorder.test-support.ts'
import { text } from '../interop/bytes-codec.test-support.ts'
import { startOwnServer } from '../interop/own-server.test-support.ts'
import { service } from '../interop/test-service.test-support.ts'
import { StatusCode } from '../status.ts'
import { unary } from './handler.ts'
import type { RpcServerOptions } from './server-options.ts'

const testdata = (name: string): Buffer => readFileSync(new URL(`../../testdata/${name}`, import.meta.url))
const cert = testdata('localhost.cert.pem')
const key = testdata('localhost.key.pem')

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(options: Partial<RpcServerOptions> = {}) {
  const server = await startOwnServer(options)
  ends.push(() => server.kill())
  return server
}

const hello: RpcServerOptions['http1'] = (request, response) => {
  response.statusCode = 200
  response.end(`${request.method} ${request.url} ${request.httpVersion}`)
}

/** One HTTP/2 request: its status and body. */
async function requestHttp2(session: ClientHttp2Session, headers: Record<string, string>, body?: string | Buffer) {
  const stream = session.request(headers)
  const status = new Promise<Record<string, unknown>>((resolve, reject) => {
    stream.on('response', resolve)
    stream.on('error', reject)
  })
  const trailers = new Promise<Record<string, unknown>>((resolve) => {
    stream.on('trailers', resolve)
    stream.on('close', () => resolve({}))
  })
  stream.end(body)
  const received = await readText(stream)
  return { headers: await status, body: received, trailers: await trailers }
}

function http2Client(url: string, options = {}): ClientHttp2Session {
  const session = connectHttp2(url, options)
  ends.push(() => session.destroy())
  return session
}

describe('one port', () => {
  it('serves HTTP/1.1', async () => {
    const { endpoint } = await start({ http1: hello })
    const body = await new Promise<string>((resolve, reject) =>
      get(`${endpoint}/health`, (response) => resolve(readText(response))).on('error', reject),
    )
    expect(body).toBe('GET /health 1.1')
  })

  it('serves HTTP/1.1 bodies that come with the headers and later', async () => {
    const { endpoint } = await start({
      http1: (request, response) => {
        readText(request).then((body) => response.end(body.toUpperCase()))
      },
    })
    const body = await new Promise<string>((resolve, reject) => {
      const request = requestHttp1(endpoint, { method: 'POST' }, (response) => resolve(readText(response)))
      request.on('error', reject)
      request.write('first ')
      setImmediate(() => request.end('second'))
    })
    expect(body).toBe('FIRST SECOND')
  })

  it('answers HTTP/1.1 with 404 when nobody serves it', async () => {
    const { endpoint } = await start()
    const status = await new Promise((resolve, reject) =>
      get(endpoint, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject),
    )
    expect(status).toBe(404)
  })

  it('serves plain HTTP/2', async () => {
    const { endpoint } = await start({ http1: hello })
    const answer = await requestHttp2(http2Client(endpoint), { ':path': '/version' })
    expect(answer.body).toBe('GET /version 2.0')
  })

  it('serves plain HTTP/2 to a client that waits for the settings, and pings first', async () => {
    const { endpoint } = await start({ http1: hello })
    const session = http2Client(endpoint)
    await new Promise((resolve) => session.once('remoteSettings', resolve))
    await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())))
    for (let round = 0; round < 3; round += 1) {
      expect((await requestHttp2(session, { ':path': '/version' })).body).toBe('GET /version 2.0')
    }
    await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())))
    await new Promise<void>((resolve) => session.settings({ initialWindowSize: 100_000 }, () => resolve()))
    expect((await requestHttp2(session, { ':path': '/again' })).body).toBe('GET /again 2.0')
  })

  it('carries large bodies of plain HTTP/2 both ways, also after the settings', async () => {
    const { endpoint } = await start({
      http1: (request, response) => {
        readText(request).then((body) => response.end(body))
      },
    })
    const body = 'x'.repeat(3_000_000)
    for (const waits of [false, true]) {
      const session = http2Client(endpoint)
      if (waits) await new Promise((resolve) => session.once('remoteSettings', resolve))
      const answer = await requestHttp2(session, { ':path': '/', ':method': 'POST' }, body)
      expect(answer.body === body).toBe(true)
    }
  })

  it('answers plain HTTP/2 on a connection that has begun with gRPC with 415, and goes on', async () => {
    const { endpoint } = await start({ http1: hello })
    const session = http2Client(endpoint)
    const grpc = { ':path': service.echo.path, ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' }
    for (let round = 0; round < 2; round += 1) {
      expect((await requestHttp2(session, grpc, Buffer.alloc(5))).trailers['grpc-status']).toBe('0')
      expect((await requestHttp2(session, { ':path': '/version' })).headers[':status']).toBe(415)
    }
  })

  it('sends gRPC on a connection that has begun as plain HTTP/2 to another one', async () => {
    const { endpoint } = await start({ http1: hello })
    const session = http2Client(endpoint)
    await requestHttp2(session, { ':path': '/version' })
    const grpc = { ':path': service.echo.path, ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' }
    const closed = new Promise((resolve) => session.once('close', resolve))
    expect((await requestHttp2(session, grpc, Buffer.alloc(5))).headers['grpc-status']).toBe('14')
    await closed
  })

  it('goes on when gRPC on such a connection is reset at once', async () => {
    const { endpoint } = await start({ http1: hello })
    const [plain, grpc] = [Buffer.from('828684', 'hex'), requestBlock()]
    for (let round = 0; round < 20; round += 1) {
      const socket = connectTcp(Number(new URL(endpoint).port), '127.0.0.1')
      ends.push(() => socket.destroy())
      const answered = new Promise((resolve) => socket.once('data', resolve))
      socket.write(
        Buffer.concat([
          clientOpening,
          frame(FrameType.headers, FrameFlag.endHeaders | FrameFlag.endStream, 1, plain),
          frame(FrameType.headers, FrameFlag.endHeaders, 3, grpc),
          frame(FrameType.rstStream, 0, 3, uint32(8)),
        ]),
      )
      await answered
    }
    expect((await requestHttp2(http2Client(endpoint), { ':path': '/version' })).body).toBe('GET /version 2.0')
  })

  it('serves HTTP/2 with a JSON body', async () => {
    const { endpoint } = await start({
      http1: (request, response) => {
        readText(request).then((body) => response.end(body))
      },
    })
    const headers = { ':path': '/v3/kv/range', ':method': 'POST', 'content-type': 'application/json' }
    expect((await requestHttp2(http2Client(endpoint), headers, '{"key":"YQ=="}')).body).toBe('{"key":"YQ=="}')
  })

  it('answers plain HTTP/2 with 415 when nobody serves it', async () => {
    const { endpoint } = await start()
    const headers = { ':path': service.echo.path, ':method': 'POST', 'content-type': 'application/json' }
    expect((await requestHttp2(http2Client(endpoint), headers, '{}')).headers[':status']).toBe(415)
  })

  it('answers 500 for an HTTP handler that throws', async () => {
    const defects: unknown[] = []
    const { endpoint } = await start({
      http1: () => {
        throw new TypeError('secret detail')
      },
      onInternalError: (_error, path) => defects.push(path),
    })
    const answer = await requestHttp2(http2Client(endpoint), { ':path': '/a' })
    expect(answer).toMatchObject({ headers: { ':status': 500 }, body: '' })
    const status = await new Promise((resolve, reject) =>
      get(`${endpoint}/b`, (response) => resolve(response.resume().statusCode)).on('error', reject),
    )
    expect(status).toBe(500)
    expect(defects).toEqual(['/a', '/b'])
  })

  it('serves a client that sends its first request with the preface', async () => {
    const { endpoint } = await start()
    // node's client does not wait for the server's settings.
    const session = http2Client(endpoint)
    const frame = Buffer.from([0, 0, 0, 0, 2, 0x68, 0x69])
    const headers = {
      ':path': service.echo.path,
      ':method': 'POST',
      'content-type': 'application/grpc',
      te: 'trailers',
    }
    const answer = await requestHttp2(session, headers, frame)
    expect(Buffer.from(answer.body)).toEqual(frame)
    expect(answer.trailers['grpc-status']).toBe('0')
  })

  it('answers the ping of a client that has not called yet', async () => {
    const { endpoint } = await start()
    const connection = new RpcConnection(endpoint)
    ends.push(() => connection.close())
    await connection.connect()
    expect(await connection.ping()).toBeGreaterThanOrEqual(0)
    expect(await connection.unary(service.metadata, 'x')).toContain(':path')
  })

  it('closes a connection that does not say what it speaks', async () => {
    const server = await start({ prefaceTimeoutMs: 30 })
    for (const start of ['', 'PRI * HTT', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
      const socket = connectTcp(server.port, '127.0.0.1')
      socket.write(start)
      socket.resume()
      await new Promise((resolve) => socket.on('close', resolve))
    }
    await expect.poll(() => server.server.connections).toBe(0)
  })

  it('answers garbage as HTTP/1.1 does, and goes on', async () => {
    const { port, endpoint } = await start()
    const socket = connectTcp(port, '127.0.0.1')
    socket.end('\0\u0001garbage\r\n\r\n')
    expect(await readText(socket)).toContain('400 Bad Request')
    expect((await requestHttp2(http2Client(endpoint), { ':path': '/' })).headers[':status']).toBe(415)
  })
})

describe('TLS', () => {
  it('serves gRPC, HTTP/2 and HTTP/1.1 by ALPN', async () => {
    const { endpoint, port } = await start({ tls: { cert, key }, http1: hello })
    const connection = new RpcConnection(endpoint, { tls: { ca: cert } })
    ends.push(() => connection.close())
    expect(await connection.unary(service.echo, Buffer.from('secret'))).toEqual(Buffer.from('secret'))
    const answer = await requestHttp2(http2Client(endpoint, { ca: cert }), { ':path': '/x' })
    expect(answer.body).toBe('GET /x 2.0')
    const body = await new Promise<string>((resolve, reject) =>
      requestHttps({ port, host: '127.0.0.1', path: '/y', ca: cert, agent: false }, (response) =>
        resolve(readText(response)),
      )
        .on('error', reject)
        .end(),
    )
    expect(body).toBe('GET /y 1.1')
  })

  it('refuses a server whose certificate is not trusted, as not sent', async () => {
    const { endpoint } = await start({ tls: { cert, key } })
    const connection = new RpcConnection(endpoint)
    await expect(connection.unary(service.echo, Buffer.from('x'))).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'not-sent',
      message: expect.stringContaining('self-signed certificate'),
    })
    const trusting = new RpcConnection(endpoint, { tls: { rejectUnauthorized: false } })
    ends.push(() => trusting.close())
    expect(await trusting.unary(service.echo, Buffer.from('x'))).toHaveLength(1)
  })

  it('tells a handler who the client is, and turns away clients without a certificate', async () => {
    const who = { path: '/test.Who/Am', kind: 'unary', request: text, response: text } as const
    const { endpoint } = await start({
      tls: { cert, key, ca: cert, requestCert: true },
      handlers: [unary(who, (_request, call) => call.tlsCommonName ?? 'nobody')],
    })
    const known = new RpcConnection(endpoint, { tls: { ca: cert, cert, key } })
    ends.push(() => known.close())
    expect(await known.unary(who, 'x')).toBe('localhost')
    const unknown = new RpcConnection(endpoint, { tls: { ca: cert } })
    await expect(unknown.unary(who, 'x')).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE, delivery: 'not-sent' })
  })
})

describe('an odd authority', () => {
  const frame = Buffer.from([0, 0, 0, 0, 2, 0x68, 0x69])

  async function call(session: ClientHttp2Session, extra: Record<string, string> = {}) {
    return requestHttp2(
      session,
      {
        ':path': service.echo.path,
        ':method': 'POST',
        ':authority': '#initially=[127.0.0.1:2379]',
        'content-type': 'application/grpc',
        te: 'trailers',
        ...extra,
      },
      frame,
    )
  }

  it('is accepted, however often the client names it again', async () => {
    const { endpoint } = await start()
    const session = http2Client(endpoint)
    // Headers that differ push the authority out of HPACK's table, so that it is sent in full again.
    for (let round = 0; round < 200; round += 1) {
      const answer = await call(session, { 'x-filler': `filler ${round} ${'x'.repeat(100)}` })
      expect(answer.trailers['grpc-status']).toBe('0')
    }
  })

  it('is accepted from a client that waits for the settings', async () => {
    const { endpoint } = await start()
    const session = http2Client(endpoint)
    await new Promise((resolve) => session.once('remoteSettings', resolve))
    expect(Buffer.from((await call(session)).body)).toEqual(frame)
  })

  it('is accepted with large messages, many calls at once, and through TLS', async () => {
    const { endpoint } = await start({ tls: { cert, key } })
    const session = http2Client(endpoint, { ca: cert })
    const large = Buffer.alloc(1_000_005, 0x61)
    large.writeUIntBE(0, 0, 1)
    large.writeUInt32BE(1_000_000, 1)
    const sizes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const stream = session.request({
          ':path': service.echo.path,
          ':method': 'POST',
          ':authority': '#initially=[127.0.0.1:2379]',
          'content-type': 'application/grpc',
        })
        stream.end(large)
        return (await readText(stream)).length
      }),
    )
    expect(sizes).toEqual(Array.from({ length: 8 }, () => large.length))
  })
})
