import { once } from 'node:events'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import * as grpc from '@grpc/grpc-js'
import { deferred } from '@waypost/core'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { exchangeBytes, proxyAction, routeOf, startPlane, startUpstream, target } from '../data-plane.test-support.ts'

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

async function portOf(server: {
  listen(port: number, host: string, done: () => void): unknown
  address(): unknown
}): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return String((server.address() as AddressInfo).port)
}

describe('HTTP/2 from clients', () => {
  it('is taken by prior knowledge on the same port, and sent on over HTTP/1.1', async () => {
    await using upstream = await startUpstream((request, response) => {
      response.setHeader('x-version', request.httpVersion)
      response.setHeader('x-host', request.headers.host ?? '')
      request.pipe(response)
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const session = connectHttp2(gateway.url)
    ending.push(() => session.close())
    const bodies = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const stream = session.request({ ':method': 'POST', ':path': `/x${index}`, ':authority': 'shop.example' })
        stream.end('y'.repeat(index * 1_000))
        const [headers] = await once(stream, 'response')
        expect(headers).toMatchObject({ ':status': 200, 'x-version': '1.1', 'x-host': 'shop.example' })
        expect(headers).not.toHaveProperty('connection')
        let body = ''
        for await (const chunk of stream) body += chunk
        return body.length
      }),
    )
    expect(bodies).toEqual(Array.from({ length: 50 }, (_, index) => index * 1_000))
    expect((await fetch(gateway.url)).status).toBe(200)
  })

  it('resets the request to the instance when the stream is reset', async () => {
    const closed = deferred()
    await using upstream = await startUpstream((_request, response) => {
      response.write('first')
      response.once('close', () => closed.resolve())
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const session = connectHttp2(gateway.url)
    ending.push(() => session.close())
    const stream = session.request({ ':path': '/' })
    stream.on('error', () => {})
    await once(stream, 'data')
    stream.close(8)
    await closed.promise
  })

  it('resets the stream when the instance breaks its answer off, and refuses CONNECT', async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.write('first', () => response.destroy())
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const session = connectHttp2(gateway.url)
    ending.push(() => session.close())
    const stream = session.request({ ':path': '/' })
    stream.resume()
    await expect(once(stream, 'end')).rejects.toThrow(/INTERNAL_ERROR/)
    const tunnel = session.request({ ':method': 'CONNECT', ':authority': 'a:1' }, { endStream: false })
    const [headers] = await once(tunnel, 'response')
    expect(headers[':status']).toBe(405)
    tunnel.destroy()
  })
})

describe('an offer of h2c by upgrade', () => {
  it('is declined by an ordinary answer, whatever the body', async () => {
    await using upstream = await startUpstream((request, response) => request.pipe(response))
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
    const answer = await exchangeBytes(
      gateway.port,
      `POST / HTTP/1.1\r\nHost: a\r\n${offer}Content-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    )
    expect(answer.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2)
    expect(answer).toContain('hello')
  })
})

describe('WebSocket', () => {
  async function webSockets(): Promise<{ port: string; server: WebSocketServer }> {
    const http = createHttpServer((_request, response) => response.writeHead(426).end('upgrade, please'))
    const server = new WebSocketServer({ server: http, perMessageDeflate: true })
    server.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    })
    const port = await portOf(http)
    ending.push(() => {
      for (const client of server.clients) client.terminate()
      server.close()
      http.closeAllConnections()
      return new Promise((resolve) => http.close(resolve))
    })
    return { port, server }
  }

  it('carries messages of every size in both directions, pings, and closing codes', async () => {
    const { port, server } = await webSockets()
    await using gateway = await startPlane(routeOf(), [port])
    for (const perMessageDeflate of [false, true]) {
      const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/chat?x=1`, ['b', 'a'], { perMessageDeflate })
      await once(socket, 'open')
      expect(socket.protocol).toBe('b')
      for (const size of [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000]) {
        socket.send(Buffer.alloc(size, 7))
        const [data] = await once(socket, 'message')
        expect(Buffer.alloc(size, 7).equals(data)).toBe(true)
      }
      socket.send('héllo')
      expect(String((await once(socket, 'message'))[0])).toBe('héllo')
      socket.ping('p')
      expect(String((await once(socket, 'pong'))[0])).toBe('p')
      for (const client of server.clients) client.close(4_001, 'bye')
      const [code, reason] = await once(socket, 'close')
      expect([code, String(reason)]).toEqual([4_001, 'bye'])
    }
    await expect.poll(() => gateway.records.map(({ status }) => status)).toEqual([101, 101])
    expect(gateway.plane.inFlight).toBe(0)
  })

  it('ends one side at once when the other one dies', async () => {
    const { port, server } = await webSockets()
    await using gateway = await startPlane(routeOf(), [port])
    const first = new WebSocket(`ws://127.0.0.1:${gateway.port}`)
    await once(first, 'open')
    const [accepted] = server.clients
    first.terminate()
    if (accepted) await once(accepted, 'close')
    const second = new WebSocket(`ws://127.0.0.1:${gateway.port}`)
    await once(second, 'open')
    for (const client of server.clients) client.terminate()
    expect((await once(second, 'close'))[0]).toBe(1_006)
  })

  it("passes on the instance's refusal, and its own", async () => {
    await using upstream = await startUpstream((_request, response) =>
      response.writeHead(401, { 'x-why': 'no' }).end('no'),
    )
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const refused = new WebSocket(`ws://127.0.0.1:${gateway.port}`)
    const [, response] = await once(refused, 'unexpected-response')
    expect([response.statusCode, response.headers['x-why']]).toEqual([401, 'no'])
    gateway.view.set('shop', [])
    const none = new WebSocket(`ws://127.0.0.1:${gateway.port}`)
    expect((await once(none, 'unexpected-response'))[1].statusCode).toBe(503)
    await using closed = await startPlane(routeOf({ action: proxyAction({ webSocket: false }) }), [upstream.port])
    const socket = new WebSocket(`ws://127.0.0.1:${closed.port}`)
    expect((await once(socket, 'unexpected-response'))[1].statusCode).toBe(403)
  })
})

describe('server-sent events', () => {
  it('arrive one by one, and are never cut for being quiet', async () => {
    const next: (() => void)[] = []
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      next.push(() => response.write('data: 1\n\n'))
    })
    const timeouts = { connectMs: 500, headersMs: 1_000, idleMs: 100, tryMs: undefined, totalMs: undefined }
    await using gateway = await startPlane(routeOf({ action: proxyAction({ timeouts }) }), [upstream.port])
    const request = httpRequest(gateway.url).end()
    const [response] = await once(request, 'response')
    for (let event = 0; event < 2; event++) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      next[0]?.()
      expect(String((await once(response, 'data'))[0])).toBe('data: 1\n\n')
    }
    response.on('error', () => {})
    request.destroy()
  })
})

describe('gRPC', () => {
  const identity = {
    requestSerialize: (value: Buffer) => value,
    requestDeserialize: (value: Buffer) => value,
    responseSerialize: (value: Buffer) => value,
    responseDeserialize: (value: Buffer) => value,
  }
  const service = {
    Unary: { path: '/test.Echo/Unary', requestStream: false, responseStream: false, ...identity },
    Fail: { path: '/test.Echo/Fail', requestStream: false, responseStream: false, ...identity },
    Wait: { path: '/test.Echo/Wait', requestStream: false, responseStream: false, ...identity },
    Both: { path: '/test.Echo/Both', requestStream: true, responseStream: true, ...identity },
  } satisfies grpc.ServiceDefinition

  async function start(): Promise<{ port: string; cancelled: Promise<void> }> {
    const cancelled = deferred()
    const server = new grpc.Server()
    server.addService(service, {
      Unary: (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
        const trailer = new grpc.Metadata()
        trailer.set('x-trailer', 't')
        const header = new grpc.Metadata()
        header.set('x-seen', String(call.metadata.get('x-sent')))
        call.sendMetadata(header)
        callback(null, call.request, trailer)
      },
      Fail: (_call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) =>
        callback({ code: grpc.status.FAILED_PRECONDITION, details: 'not now: é' }),
      Wait: (call: grpc.ServerUnaryCall<Buffer, Buffer>) => call.on('cancelled', () => cancelled.resolve()),
      Both: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
        call.on('data', (message: Buffer) => call.write(message))
        call.on('end', () => call.end())
      },
    })
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    )
    ending.push(() => server.forceShutdown())
    return { port: String(port), cancelled: cancelled.promise }
  }

  const unary = (client: grpc.Client, method: keyof typeof service, options: grpc.CallOptions = {}) =>
    new Promise<{
      value?: Buffer | undefined
      error?: grpc.ServiceError | undefined
      status?: grpc.StatusObject
      header?: grpc.Metadata
    }>((resolve) => {
      const seen: { header?: grpc.Metadata; status?: grpc.StatusObject } = {}
      const metadata = new grpc.Metadata()
      metadata.set('x-sent', 'yes')
      let done: { value?: Buffer | undefined; error?: grpc.ServiceError | undefined } = {}
      const call = client.makeUnaryRequest(
        service[method].path,
        (value: Buffer) => value,
        (value: Buffer) => value,
        Buffer.from('hello'),
        metadata,
        options,
        (error, value) => {
          done = { value, error: error ?? undefined }
        },
      )
      call.on('metadata', (header) => {
        seen.header = header
      })
      call.on('status', (status) => setImmediate(() => resolve({ ...done, ...seen, status })))
    })

  const client = (port: number): grpc.Client => {
    const opened = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
    ending.push(() => opened.close())
    return opened
  }

  it('carries unary calls with metadata, trailers, errors and deadlines', async () => {
    const { port, cancelled } = await start()
    await using gateway = await startPlane(routeOf(), [port])
    const caller = client(gateway.port)
    const answer = await unary(caller, 'Unary')
    expect(String(answer.value)).toBe('hello')
    expect(answer.header?.get('x-seen')).toEqual(['yes'])
    expect(answer.status?.metadata.get('x-trailer')).toEqual(['t'])
    const failed = await unary(caller, 'Fail')
    expect(failed.error).toMatchObject({ code: grpc.status.FAILED_PRECONDITION, details: 'not now: é' })
    const late = await unary(caller, 'Wait', { deadline: Date.now() + 300 })
    expect(late.error?.code).toBe(grpc.status.DEADLINE_EXCEEDED)
    await cancelled
  })

  it('carries streams in both directions', async () => {
    const { port } = await start()
    await using gateway = await startPlane(routeOf(), [port])
    const call = client(gateway.port).makeBidiStreamRequest(
      service.Both.path,
      (value: Buffer) => value,
      (value: Buffer) => value,
    )
    for (let message = 0; message < 20; message++) {
      const answered = once(call, 'data')
      call.write(Buffer.alloc(message * 1_000, message))
      expect((await answered)[0]).toEqual(Buffer.alloc(message * 1_000, message))
    }
    call.end()
    const [status] = await once(call, 'status')
    expect(status.code).toBe(grpc.status.OK)
  })

  it('is answered in its own words when there is no instance, or no route', async () => {
    await using gateway = await startPlane(routeOf(), [])
    const missing = await unary(client(gateway.port), 'Unary')
    expect(missing.error).toMatchObject({
      code: grpc.status.UNAVAILABLE,
      details: expect.stringContaining('No instance of shop'),
    })
    gateway.view.set('shop', ['1'])
    expect((await unary(client(gateway.port), 'Unary')).error?.code).toBe(grpc.status.UNAVAILABLE)
  })

  it('goes on when an instance ends its connection gracefully', async () => {
    const { port } = await start()
    await using gateway = await startPlane(routeOf(), [port])
    const caller = client(gateway.port)
    await unary(caller, 'Unary')
    const second = await start()
    gateway.view.set('shop', [second.port])
    expect(String((await unary(caller, 'Unary')).value)).toBe('hello')
  })
})

describe('HTTP/2 to instances', () => {
  it('carries trailers and bodies, and takes GOAWAY for what it is', async () => {
    const server: Http2Server = createHttp2Server()
    let streams = 0
    server.on('stream', (stream, headers) => {
      streams += 1
      stream.respond({ ':status': 200, 'x-method': headers[':method'] }, { waitForTrailers: true })
      stream.once('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }))
      stream.pipe(stream)
      if (streams % 5 === 0) stream.session?.goaway(0)
    })
    const port = await portOf(server)
    ending.push(() => server.close())
    const h2c = { ...target, protocol: 'h2c' as const }
    const action = proxyAction({ targets: [h2c], choose: () => ({ target: h2c, reason: 'target' }) })
    await using gateway = await startPlane(routeOf({ action }), [port])
    for (let request = 0; request < 20; request++) {
      const response = await fetch(gateway.url, { method: 'POST', body: 'x'.repeat(request * 5_000) })
      expect([response.status, response.headers.get('x-method')]).toEqual([200, 'POST'])
      expect((await response.text()).length).toBe(request * 5_000)
    }
  })
})
