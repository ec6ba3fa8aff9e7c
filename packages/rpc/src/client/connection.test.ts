import { createServer as createHttp2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startOwnServer } from '../interop/own-server.test-support.ts'
import { service } from '../interop/test-service.test-support.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { RpcConnection } from './connection.ts'

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function startServer() {
  const server = await startOwnServer()
  ends.push(() => server.kill())
  return server
}

function connectionTo(endpoint: string, options = {}): RpcConnection {
  const connection = new RpcConnection(endpoint, options)
  ends.push(() => connection.destroy())
  return connection
}

/** A TCP server with this behaviour, and its port. */
async function startTcp(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A relay to `port` that can stop passing bytes on, as a machine that vanished does. */
async function startRelay(port: number) {
  let frozen = false
  const relayPort = await startTcp((near) => {
    const far = connectTcp(port, '127.0.0.1')
    near.on('data', (chunk) => frozen || far.write(chunk))
    far.on('data', (chunk) => frozen || near.write(chunk))
    far.on('error', () => {})
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  return {
    endpoint: `http://127.0.0.1:${relayPort}`,
    freeze() {
      frozen = true
    },
  }
}

/** A bare HTTP/2 server. */
async function startHttp2(onStream: (stream: ServerHttp2Stream, session: ServerHttp2Session) => void, settings = {}) {
  const server = createHttp2Server({ settings })
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => {})
    session.on('stream', (stream) => {
      stream.on('error', () => {})
      onStream(stream, session)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    for (const session of sessions) session.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function answerOk(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.from([0, 0, 0, 0, 0]))
}

const nothing = Buffer.alloc(0)

describe('state', () => {
  it('goes from idle to connecting, ready and closed', async () => {
    const { endpoint } = await startServer()
    const connection = connectionTo(endpoint)
    expect(connection.state).toBe('idle')
    const connected = connection.connect()
    expect(connection.state).toBe('connecting')
    await connected
    expect(connection.state).toBe('ready')
    await connection.close()
    expect(connection.state).toBe('closed')
    expect(await connection.closed).toBeUndefined()
  })

  it('connects on the first call', async () => {
    const { endpoint } = await startServer()
    const connection = connectionTo(endpoint)
    await connection.unary(service.echo, nothing)
    expect(connection.state).toBe('ready')
  })

  it('is closed forever once lost, and says why', async () => {
    const server = await startServer()
    const connection = connectionTo(server.endpoint)
    await connection.connect()
    await server.kill()
    const reason = await connection.closed
    expect(reason).toBeInstanceOf(RpcError)
    expect(reason?.message).toContain(server.endpoint)
    expect(connection.state).toBe('closed')
    await expect(connection.unary(service.echo, nothing)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'not-sent',
    })
    await expect(connection.connect()).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE })
    await connection.close()
  })

  it('refuses an endpoint that is no URL', () => {
    for (const endpoint of ['127.0.0.1:2379', 'ftp://x', 'http://', '']) {
      expect(() => new RpcConnection(endpoint)).toThrow(
        expect.objectContaining({ code: StatusCode.INVALID_ARGUMENT, delivery: 'not-sent' }),
      )
    }
  })

  it('can be closed before it was used', async () => {
    const connection = new RpcConnection('http://127.0.0.1:1')
    await connection.close()
    expect(connection.state).toBe('closed')
    expect(await connection.closed).toBeUndefined()
  })
})

describe('connecting', () => {
  it('names the endpoint when nobody listens there, as not sent', async () => {
    const port = await startTcp(() => {})
    await ends.pop()?.()
    const connection = connectionTo(`http://127.0.0.1:${port}`)
    await expect(connection.unary(service.echo, nothing)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'not-sent',
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*ECONNREFUSED`)),
    })
  })

  it('gives up on a server that accepts but never speaks', async () => {
    const port = await startTcp(() => {})
    const connection = connectionTo(`http://127.0.0.1:${port}`, { connectTimeoutMs: 50 })
    await expect(connection.connect()).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'not-sent',
      message: expect.stringContaining('50 ms'),
    })
    await connection.closed
  })

  it.each(['http', 'https'])('asks about TLS when an %s endpoint hangs up before it has spoken', async (scheme) => {
    const port = await startTcp((socket) => socket.once('data', () => socket.end()))
    const connection = connectionTo(`${scheme}://127.0.0.1:${port}`)
    await expect(connection.connect()).rejects.toThrow('does it speak TLS')
  })

  it('gives up on a server that speaks HTTP/1.1', async () => {
    const port = await startTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const connection = connectionTo(`http://127.0.0.1:${port}`)
    await expect(connection.unary(service.echo, nothing)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'not-sent',
    })
  })

  it("keeps a call's own deadline and signal meanwhile, as not sent", async () => {
    const port = await startTcp(() => {})
    const connection = connectionTo(`http://127.0.0.1:${port}`)
    await expect(connection.unary(service.echo, nothing, { timeoutMs: 20 })).rejects.toMatchObject({
      code: StatusCode.DEADLINE_EXCEEDED,
      delivery: 'not-sent',
    })
    const controller = new AbortController()
    const call = connection.unary(service.echo, nothing, { signal: controller.signal })
    const wait = connection.connect({ signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: StatusCode.CANCELLED, delivery: 'not-sent' })
    await expect(wait).rejects.toMatchObject({ code: StatusCode.CANCELLED })
    expect(connection.state).toBe('connecting')
  })

  it('sends what a stream was given before', async () => {
    const { endpoint } = await startServer()
    const connection = connectionTo(endpoint)
    const received: string[] = []
    await new Promise<void>((resolve) => {
      const join = connection.stream(service.join, {
        onMessage: (message) => received.push(message),
        onEnd: () => resolve(),
      })
      join.send('a')
      join.send('b')
      join.closeSend()
    })
    expect(received).toEqual(['a,b'])
  })
})

describe('calls', () => {
  it('does not begin a call that is already cancelled or out of time', async () => {
    const { endpoint } = await startServer()
    const connection = connectionTo(endpoint)
    await expect(connection.unary(service.echo, nothing, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: StatusCode.CANCELLED,
      delivery: 'not-sent',
    })
    await expect(connection.unary(service.echo, nothing, { timeoutMs: 0 })).rejects.toMatchObject({
      code: StatusCode.DEADLINE_EXCEEDED,
      delivery: 'not-sent',
    })
  })

  it('tells the server of the deadline and the metadata', async () => {
    const { endpoint } = await startServer()
    const connection = connectionTo(endpoint)
    const options = { timeoutMs: 1500, metadata: { token: 'abc' } }
    const seen = JSON.parse(await connection.unary(service.metadata, 'x', options))
    expect(seen).toMatchObject({ 'grpc-timeout': '1500m', token: 'abc', te: 'trailers' })
  })

  it('refuses metadata that HTTP/2 cannot carry, and goes on', async () => {
    const { endpoint } = await startServer()
    const connection = connectionTo(endpoint)
    await expect(connection.unary(service.echo, nothing, { metadata: { 'Bad Name': 'x' } })).rejects.toMatchObject({
      code: StatusCode.INVALID_ARGUMENT,
    })
    expect(await connection.unary(service.echo, nothing)).toHaveLength(0)
  })

  it('waits for its turn when the server allows few streams, and may be cancelled as not sent', async () => {
    const streams: ServerHttp2Stream[] = []
    const endpoint = await startHttp2((stream) => streams.push(stream), { maxConcurrentStreams: 2 })
    const connection = connectionTo(endpoint)
    const controller = new AbortController()
    const calls = [1, 2, 3].map(() => connection.unary(service.echo, nothing))
    const cancelled = connection.unary(service.echo, nothing, { signal: controller.signal })
    await expect.poll(() => streams).toHaveLength(2)
    await connection.ping()
    expect(streams).toHaveLength(2)
    controller.abort()
    await expect(cancelled).rejects.toMatchObject({ code: StatusCode.CANCELLED, delivery: 'not-sent' })
    for (const stream of streams.splice(0)) answerOk(stream)
    await expect.poll(() => streams).toHaveLength(1)
    for (const stream of streams) answerOk(stream)
    expect(await Promise.all(calls)).toHaveLength(3)
  })

  it('takes its listener off the signal when it ends', async () => {
    const { endpoint } = await startServer()
    const connection = connectionTo(endpoint)
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    await connection.unary(service.echo, nothing, { signal })
    await connection.connect({ signal })
    await new Promise((resolve) => setImmediate(resolve))
    expect(add).toHaveBeenCalled()
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length)
  })
})

describe('losing the connection', () => {
  it('fails running calls as sent, when the server dies', async () => {
    const server = await startServer()
    const connection = connectionTo(server.endpoint)
    const call = connection.unary(service.wait, 'x')
    await server.waiting('x')
    await Promise.all([
      server.kill(),
      expect(call).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE, delivery: 'sent' }),
    ])
  })

  it('fails running calls as sent, when the socket breaks', async () => {
    const server = await startServer()
    const sockets: Socket[] = []
    const port = await startTcp((socket) => {
      sockets.push(socket)
      const far = connectTcp(server.port, '127.0.0.1')
      socket.pipe(far).pipe(socket)
      far.on('error', () => {})
      socket.on('close', () => far.destroy())
    })
    const connection = connectionTo(`http://127.0.0.1:${port}`)
    const call = connection.unary(service.wait, 'x')
    await server.waiting('x')
    for (const socket of sockets) socket.resetAndDestroy()
    await expect(call).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'sent',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
  })

  it('notices by ping that the machine vanished', async () => {
    const server = await startServer()
    const relay = await startRelay(server.port)
    const connection = connectionTo(relay.endpoint, { pingIntervalMs: 20, pingTimeoutMs: 20 })
    const call = connection.unary(service.wait, 'x')
    await server.waiting('x')
    relay.freeze()
    await expect(call).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'sent',
      message: expect.stringContaining('ping'),
    })
    expect((await connection.closed)?.code).toBe(StatusCode.UNAVAILABLE)
  })

  it('does not lose a quiet connection whose pings are answered', async () => {
    const server = await startServer()
    const connection = connectionTo(server.endpoint, { pingIntervalMs: 5, pingTimeoutMs: 1000 })
    const call = connection.unary(service.wait, 'x')
    await server.waiting('x')
    await new Promise((resolve) => setTimeout(resolve, 60))
    server.release('x')
    expect(await call).toBe('x')
  })

  it('gives a ping a deadline of its own', async () => {
    const server = await startServer()
    const relay = await startRelay(server.port)
    const connection = connectionTo(relay.endpoint)
    expect(await connection.ping()).toBeGreaterThanOrEqual(0)
    relay.freeze()
    await expect(connection.ping(20)).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED })
  })
})

describe('GOAWAY', () => {
  it('drains: running calls finish, new ones are not sent', async () => {
    const server = await startServer()
    const connection = connectionTo(server.endpoint)
    const call = connection.unary(service.wait, 'x')
    await server.waiting('x')
    const down = server.shutDown()
    await expect.poll(() => connection.state).toBe('draining')
    await expect(connection.unary(service.echo, nothing)).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      delivery: 'not-sent',
    })
    server.release('x')
    expect(await call).toBe('x')
    await down
    expect(await connection.closed).toMatchObject({ code: StatusCode.UNAVAILABLE })
  })

  it.each([0, 2])('with HTTP/2 error %i and a lower stream id: what lies above was not sent', async (code) => {
    const streams: ServerHttp2Stream[] = []
    let session: ServerHttp2Session | undefined
    const endpoint = await startHttp2((stream, its) => {
      streams.push(stream)
      session = its
    })
    const connection = connectionTo(endpoint)
    const first = connection.unary(service.echo, nothing)
    const second = connection.unary(service.echo, nothing)
    await expect.poll(() => streams).toHaveLength(2)
    session?.goaway(code, 1)
    const unsent = expect(second).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE, delivery: 'not-sent' })
    if (code === 0 && streams[0]) {
      await unsent
      answerOk(streams[0])
      expect(await first).toHaveLength(0)
    } else {
      await expect(first).rejects.toMatchObject({
        code: StatusCode.UNAVAILABLE,
        delivery: 'sent',
        message: expect.stringContaining('GOAWAY'),
      })
      await unsent
    }
  })
})

describe('close and destroy', () => {
  it('closes gracefully: running calls finish, new ones are refused', async () => {
    const server = await startServer()
    const connection = connectionTo(server.endpoint)
    const call = connection.unary(service.wait, 'x')
    await server.waiting('x')
    const closing = connection.close()
    await expect(connection.unary(service.echo, nothing)).rejects.toMatchObject({ delivery: 'not-sent' })
    server.release('x')
    expect(await call).toBe('x')
    await closing
    await connection.close()
    expect(await connection.closed).toBeUndefined()
  })

  it('closes while connecting', async () => {
    const port = await startTcp(() => {})
    const connection = connectionTo(`http://127.0.0.1:${port}`)
    const call = connection.unary(service.echo, nothing)
    const closing = connection.close()
    await expect(call).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE, delivery: 'not-sent' })
    await closing
  })

  it('destroys at once: running calls fail with the error given, as sent', async () => {
    const server = await startServer()
    const connection = connectionTo(server.endpoint)
    const call = connection.unary(service.wait, 'x')
    await server.waiting('x')
    const error = new RpcError(StatusCode.UNAVAILABLE, 'not trusted any more')
    connection.destroy(error)
    connection.destroy()
    expect(connection.state).toBe('closed')
    await expect(call).rejects.toMatchObject({
      code: StatusCode.UNAVAILABLE,
      message: 'not trusted any more',
      delivery: 'sent',
    })
    expect(await connection.closed).toBe(error)
  })

  it('leaves no socket with a server that has stopped reading', async () => {
    const server = await startServer()
    const relay = await startRelay(server.port)
    const connection = connectionTo(relay.endpoint)
    const call = connection.unary(service.hang, 'x').catch((error: RpcError) => error.delivery)
    await connection.connect()
    relay.freeze()
    connection.destroy()
    expect(await call).toBe('sent')
    await connection.closed
  })
})
