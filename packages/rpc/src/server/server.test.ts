import { get } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { type Deferred, deferred } from '@waypost/core'
import { afterEach, describe, expect, it } from 'vitest'
import { RpcConnection } from '../client/connection.ts'
import { bytes, text } from '../interop/bytes-codec.test-support.ts'
import { startOwnServer } from '../interop/own-server.test-support.ts'
import { service } from '../interop/test-service.test-support.ts'
import { frameOf } from '../message-frame.ts'
import type { Method } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { ServerCall, ServerStream } from './call.ts'
import { stream, unary } from './handler.ts'
import { RpcServer } from './server.ts'
import type { RpcServerOptions } from './server-options.ts'

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(options: Partial<RpcServerOptions> = {}, connectionOptions = {}) {
  const server = await startOwnServer(options)
  const connection = new RpcConnection(server.endpoint, connectionOptions)
  ends.push(
    () => server.kill(),
    () => connection.destroy(),
  )
  return { server, connection }
}

const more = <T>(name: string, kind: Method<T, T>['kind'], codec: Method<T, T>['request']): Method<T, T> => ({
  path: `/test.More/${name}`,
  kind,
  request: codec,
  response: codec,
})

/** Takes what a stream of the client hears. */
const silent = { onMessage: () => {}, onEnd: () => {} }

describe('a handler', () => {
  it('knows the call', async () => {
    const method = more('Look', 'unary', text)
    let seen: ServerCall | undefined
    const { server, connection } = await start({
      handlers: [
        unary(method, (request, call) => {
          seen = call
          return request
        }),
      ],
    })
    await connection.unary(method, 'x', { timeoutMs: 5000, metadata: { token: 'abc' } })
    expect(seen?.path).toBe(method.path)
    expect(seen?.peer).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(seen?.metadata).toMatchObject({ ':authority': `127.0.0.1:${server.port}`, token: 'abc' })
    expect(seen?.deadlineMs).toBeGreaterThan(performance.now())
    expect(seen?.tlsCommonName).toBeUndefined()
    expect(seen?.signal.aborted).toBe(false)
  })

  it('hears by its signal of a connection that dies', async () => {
    const { server, connection } = await start()
    const call = connection.unary(service.hang, 'x').catch(() => {})
    await connection.unary(service.echo, Buffer.alloc(0))
    connection.destroy()
    await server.cancelled
    await call
  })

  it('gets a signal that has fired, when it asks too late', async () => {
    const method = more('Late', 'unary', text)
    const running: Deferred<ServerCall> = deferred()
    const { server, connection } = await start({
      handlers: [
        unary(method, (_request, call) => {
          running.resolve(call)
          return new Promise(() => {})
        }),
      ],
    })
    const call = connection.unary(method, 'x').catch(() => {})
    const seen = await running.promise
    connection.destroy()
    await expect.poll(() => server.server.connections).toBe(0)
    expect(seen.signal.aborted).toBe(true)
    await call
  })

  it('may be wrapped and refused by an interceptor', async () => {
    const seen: string[] = []
    const { connection } = await start({
      unaryInterceptor(call, proceed) {
        seen.push(call.path)
        if (call.metadata.token !== 'good') throw new RpcError(StatusCode.UNAUTHENTICATED, 'no')
        return proceed()
      },
    })
    await expect(connection.unary(service.echo, Buffer.from('x'))).rejects.toMatchObject({
      code: StatusCode.UNAUTHENTICATED,
    })
    const answer = await connection.unary(service.echo, Buffer.from('x'), { metadata: { token: 'good' } })
    expect(answer).toEqual(Buffer.from('x'))
    expect(seen).toEqual([service.echo.path, service.echo.path])
  })

  it('is the only one of its method', () => {
    const method = more('Twice', 'unary', text)
    const handler = unary(method, (request) => request)
    expect(() => new RpcServer({ handlers: [handler, handler] })).toThrow('/test.More/Twice')
  })
})

describe('a stream', () => {
  const method = more('Stream', 'bidi', text)

  async function open() {
    const opened: Deferred<ServerStream<string, string>> = deferred()
    const { server, connection } = await start({ handlers: [stream(method, (call) => opened.resolve(call))] })
    const received: string[] = []
    const ended: Deferred<RpcError | undefined> = deferred()
    const client = connection.stream(method, {
      onMessage: (message) => received.push(message),
      onEnd: (error) => ended.resolve(error),
    })
    return { server, connection, client, received, ended: ended.promise, call: await opened.promise }
  }

  it('sends encoded messages and ready frames as they are', async () => {
    const { call, client, received, ended } = await open()
    client.closeSend()
    call.sendEncoded(Buffer.from('one'))
    call.sendFrames(Buffer.concat([frameOf(Buffer.from('two')), frameOf(Buffer.from('three'))]))
    call.sendFrames(Buffer.alloc(0))
    call.end()
    expect(await ended).toBeUndefined()
    expect(received).toEqual(['one', 'two', 'three'])
  })

  it('tells its listeners once of the close, and takes nothing afterwards', async () => {
    const { call, client, ended } = await open()
    const closed = deferred()
    let closes = 0
    call.onClose(() => {
      closes += 1
      closed.resolve()
    })
    client.cancel()
    expect((await ended)?.code).toBe(StatusCode.CANCELLED)
    await closed.promise
    expect(call.ended).toBe(true)
    expect(call.signal.aborted).toBe(true)
    expect(call.send('late')).toBe(true)
    call.end()
    const again = deferred()
    call.onClose(() => again.resolve())
    await again.promise
    expect(closes).toBe(1)
  })

  it('tells of the close after its own end too, without firing the signal', async () => {
    const { call, ended } = await open()
    const closed = deferred()
    const { signal } = call
    call.onClose(() => closed.resolve())
    call.end(new RpcError(StatusCode.ABORTED, 'enough'))
    expect(await ended).toMatchObject({ code: StatusCode.ABORTED, message: 'enough', delivery: 'answered' })
    await closed.promise
    expect(signal.aborted).toBe(false)
  })

  it('delivers nothing while paused, and the half-close after the messages', async () => {
    const opened = deferred()
    const log: string[] = []
    let resume: (() => void) | undefined
    const done = deferred()
    const { connection } = await start({
      handlers: [
        stream(method, (call) => {
          call.onMessage((message) => {
            log.push(message)
            if (message !== 'b') return
            call.pause()
            resume = () => call.resume()
            opened.resolve()
          })
          call.onHalfClose(() => {
            log.push('half-close')
            call.end()
            done.resolve()
          })
        }),
      ],
    })
    await connection.connect()
    const client = connection.stream(method, silent)
    for (const message of ['a', 'b', 'c', 'd']) client.send(message)
    client.closeSend()
    await opened.promise
    // A round trip later the rest has arrived.
    await connection.unary(service.echo, Buffer.alloc(0))
    expect(log).toEqual(['a', 'b'])
    resume?.()
    await done.promise
    expect(log).toEqual(['a', 'b', 'c', 'd', 'half-close'])
  })

  it('feels the back-pressure of a client that does not read', async () => {
    const { call, client } = await open()
    const drained = deferred()
    call.onDrain(() => drained.resolve())
    client.pause()
    const chunk = 'x'.repeat(100_000)
    let refused = 0
    // The client lets 4 MiB come before it reads.
    for (let sent = 0; sent < 100; sent += 1) if (!call.send(chunk)) refused += 1
    expect(refused).toBeGreaterThan(0)
    await expect.poll(() => call.writableBytes).toBeGreaterThan(1_000_000)
    expect(call.connectionWritableBytes).toBe(call.writableBytes)
    client.resume()
    await drained.promise
    expect(call.writableBytes).toBeLessThan(1_000_000)
    await expect.poll(() => call.connectionWritableBytes).toBe(0)
  })
})

describe('a client that does not read its answers', () => {
  it('is not served without bound', async () => {
    const method = more('Large', 'unary', bytes)
    const large = Buffer.alloc(1024 * 1024)
    let served = 0
    const { server } = await start({
      handlers: [
        unary(method, () => {
          served += 1
          return large
        }),
      ],
    })
    const session = connectHttp2(server.endpoint, { settings: { initialWindowSize: 0 }, maxSessionMemory: 1000 })
    ends.push(() => session.destroy())
    await new Promise((resolve) => session.once('connect', resolve))
    const streams = Array.from({ length: 200 }, () => {
      const request = session.request({
        ':method': 'POST',
        ':path': method.path,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      request.on('error', () => {})
      request.end(Buffer.alloc(5))
      return request
    })
    await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())))
    await expect.poll(() => served).toBeGreaterThan(10)
    await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())))
    expect(served).toBeLessThan(60)
    // When it gives up some of the calls, others are served.
    const before = served
    for (const request of streams.slice(0, 20)) request.close(8)
    await expect.poll(() => served).toBeGreaterThan(before)
  })
})

describe('a client that sends requests in part', () => {
  it('is refused more when it has sent too much', async () => {
    const { server } = await start()
    const session = connectHttp2(server.endpoint, { maxSessionMemory: 1000 })
    ends.push(() => session.destroy())
    // Each says two megabytes and sends almost all of them.
    const part = Buffer.alloc(2_000_000)
    part.writeUInt32BE(2_097_152, 1)
    const statuses: string[] = []
    const streams = Array.from({ length: 50 }, () => {
      const request = session.request({
        ':method': 'POST',
        ':path': service.echo.path,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      request.on('error', () => {})
      request.on('response', (headers) => statuses.push(String(headers['grpc-status'])))
      request.write(part)
      return request
    })
    await expect.poll(() => statuses.length).toBeGreaterThan(10)
    expect(new Set(statuses)).toEqual(new Set([String(StatusCode.RESOURCE_EXHAUSTED)]))
    // What the others hold is free again when they are gone.
    for (const request of streams) request.close(8)
    await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())))
    const connection = new RpcConnection(server.endpoint)
    ends.push(() => connection.destroy())
    expect(await connection.unary(service.echo, Buffer.from('x'))).toEqual(Buffer.from('x'))
  })
})

describe('listening and closing', () => {
  it('says which port is taken', async () => {
    const { server } = await start()
    const second = new RpcServer({ handlers: [] })
    await expect(second.listen({ host: '127.0.0.1', port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await second.close()
  })

  it('waits for unary calls, ends streams, and leaves no connection', async () => {
    const { server, connection } = await start()
    const call = connection.unary(service.wait, 'x')
    const ended: Deferred<RpcError | undefined> = deferred()
    connection.stream(service.chat, { onMessage: () => {}, onEnd: (error) => ended.resolve(error) })
    await server.waiting('x')
    const closing = server.shutDown()
    expect(await ended.promise).toMatchObject({ code: StatusCode.UNAVAILABLE })
    server.release('x')
    expect(await call).toBe('x')
    await closing
    expect(server.server.connections).toBe(0)
  })

  it('cuts what does not end within the grace', async () => {
    const { server, connection } = await start()
    const call = connection.unary(service.hang, 'x')
    await connection.unary(service.echo, Buffer.alloc(0))
    await Promise.all([
      server.server.close({ graceMs: 20 }),
      expect(call).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE, delivery: 'sent' }),
    ])
    expect(server.server.connections).toBe(0)
    await server.server.close()
  })

  it('leaves no connection of any kind: idle, HTTP/1.1 kept alive, half-spoken, not reading', async () => {
    const { server, connection } = await start({ http1: (_request, response) => response.end('ok') })
    await connection.connect()
    await new Promise<void>((resolve, reject) =>
      get(server.endpoint, { headers: { connection: 'keep-alive' } }, (response) => {
        response.resume()
        response.on('end', resolve)
      }).on('error', reject),
    )
    const sockets = ['', 'PRI * HT', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'GET / HT'].map((words) => {
      const socket: Socket = connectTcp(server.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(words)
      return socket
    })
    await expect.poll(() => server.server.connections).toBe(6)
    await server.server.close({ graceMs: 50 })
    expect(server.server.connections).toBe(0)
    for (const socket of sockets) socket.destroy()
  })

  it('notices by ping that a client vanished', async () => {
    const { server } = await start({ pingIntervalMs: 20, pingTimeoutMs: 20 })
    const socket = connectTcp(server.port, '127.0.0.1')
    ends.push(() => socket.destroy())
    const emptySettings = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    const acknowledgement = [0, 0, 0, 4, 1, 0, 0, 0, 0]
    const ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    socket.write(Buffer.from([...emptySettings, ...acknowledgement, ...ping]))
    socket.resume()
    // It never answers the server's pings.
    await new Promise((resolve) => socket.on('close', resolve))
    await expect.poll(() => server.server.connections).toBe(0)
  })
})
