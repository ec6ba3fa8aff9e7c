import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StatusCode } from '../status.ts'
import { grpcJsClient } from './grpc-js-client.test-support.ts'
import { startGrpcJsServer } from './grpc-js-server.test-support.ts'
import { ownClient } from './own-client.test-support.ts'
import { startOwnServer } from './own-server.test-support.ts'
import {
  failureMetadata,
  service,
  type TestClient,
  type TestServer,
  unknownMethod,
} from './test-service.test-support.ts'

const pairs = [
  { name: 'own client, own server', startServer: startOwnServer, connect: ownClient },
  { name: 'own client, grpc-js server', startServer: startGrpcJsServer, connect: ownClient },
  { name: 'grpc-js client, own server', startServer: startOwnServer, connect: grpcJsClient },
]

describe.each(pairs)('$name', ({ startServer, connect }) => {
  let server: TestServer
  let client: TestClient

  beforeEach(async () => {
    server = await startServer()
    client = connect(server.endpoint)
  })

  afterEach(async () => {
    await client.close()
    await server.kill()
  })

  it('answers a unary call', async () => {
    expect(await client.unary(service.echo, Buffer.from('hello'))).toEqual(Buffer.from('hello'))
  })

  it('carries empty messages', async () => {
    expect(await client.unary(service.echo, Buffer.alloc(0))).toHaveLength(0)
    const chat = client.stream(service.chat)
    chat.send(Buffer.alloc(0))
    expect(await chat.next()).toHaveLength(0)
    chat.closeSend()
    expect((await chat.status).code).toBe(StatusCode.OK)
  })

  it('carries large messages both ways', async () => {
    const large = randomBytes(1.5 * 1024 * 1024)
    expect(large.equals(await client.unary(service.echo, large))).toBe(true)
    const chat = client.stream(service.chat)
    for (let round = 0; round < 3; round += 1) {
      chat.send(large)
      expect(large.equals(await chat.next())).toBe(true)
    }
    chat.cancel()
    await chat.status
  })

  it('runs many calls at once', async () => {
    const requests = Array.from({ length: 300 }, (_, index) => Buffer.from(`request ${index}`))
    const answers = await Promise.all(requests.map((request) => client.unary(service.echo, request)))
    expect(answers).toEqual(requests)
  })

  it.each(['plain', 'Ünïcödé 配置中心 🚦', '100% sure\nof two lines', ' edges '])(
    'carries the status message %j',
    async (message) => {
      await expect(client.unary(service.fail, message)).rejects.toMatchObject({
        code: StatusCode.NOT_FOUND,
        metadata: failureMetadata,
        // grpc-js puts code and name in front in an error's message, but not in its details.
        message,
      })
    },
  )

  it('carries metadata, binary too', async () => {
    const metadata = { 'x-plain': 'a value', 'x-bytes-bin': Buffer.from([1, 0, 255]).toString('base64') }
    expect(JSON.parse(await client.unary(service.metadata, 'x', { metadata }))).toMatchObject(metadata)
  })

  it('says UNIMPLEMENTED for an unknown method', async () => {
    await expect(client.unary(unknownMethod, 'x')).rejects.toMatchObject({ code: StatusCode.UNIMPLEMENTED })
  })

  it('ends a call whose deadline passes, on both sides', async () => {
    await expect(client.unary(service.hang, 'x', { timeoutMs: 50 })).rejects.toMatchObject({
      code: StatusCode.DEADLINE_EXCEEDED,
    })
    await server.cancelled
  })

  it('ends a call that its caller cancels, on both sides', async () => {
    const controller = new AbortController()
    const call = client.unary(service.hang, 'x', { signal: controller.signal })
    // The server answers a call on the same connection, so it has seen the earlier one.
    await client.unary(service.echo, Buffer.alloc(1))
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: StatusCode.CANCELLED })
    await server.cancelled
  })

  it('streams from the server', async () => {
    const count = client.stream(service.count)
    count.send('500')
    count.closeSend()
    for (let number = 0; number < 500; number += 1) expect(await count.next()).toBe(String(number))
    expect((await count.status).code).toBe(StatusCode.OK)
  })

  it('ends a server stream without messages', async () => {
    const count = client.stream(service.count)
    count.send('0')
    count.closeSend()
    expect((await count.status).code).toBe(StatusCode.OK)
  })

  it('delivers what came before an error', async () => {
    const stream = client.stream(service.failMidway)
    stream.send('x')
    stream.closeSend()
    expect(await stream.next()).toBe('one')
    expect(await stream.next()).toBe('two')
    expect(await stream.status).toMatchObject({ code: StatusCode.ABORTED, message: 'half way' })
  })

  it('streams from the client', async () => {
    const join = client.stream(service.join)
    for (const part of ['a', 'b', 'c']) join.send(part)
    join.closeSend()
    expect(await join.next()).toBe('a,b,c')
    expect((await join.status).code).toBe(StatusCode.OK)
  })

  it('streams both ways until the half-close', async () => {
    const chat = client.stream(service.chat)
    for (const word of ['one', 'two', 'three']) {
      chat.send(Buffer.from(word))
      expect(Buffer.from(await chat.next()).toString()).toBe(word)
    }
    chat.closeSend()
    expect(Buffer.from(await chat.next()).toString()).toBe('bye')
    expect((await chat.status).code).toBe(StatusCode.OK)
  })

  it('cancels a stream', async () => {
    const chat = client.stream(service.chat)
    chat.send(Buffer.from('one'))
    await chat.next()
    chat.cancel()
    expect((await chat.status).code).toBe(StatusCode.CANCELLED)
  })

  it('finishes running calls when the server shuts down', async () => {
    const call = client.unary(service.wait, 'late')
    await server.waiting('late')
    const down = server.shutDown()
    server.release('late')
    expect(await call).toBe('late')
    await down
  })

  it('says UNAVAILABLE when the server goes away in the middle of a stream', async () => {
    const chat = client.stream(service.chat)
    chat.send(Buffer.from('one'))
    await chat.next()
    await server.kill()
    expect((await chat.status).code).toBe(StatusCode.UNAVAILABLE)
  })
})

describe('gzip', () => {
  it('is accepted from a grpc-js client, in unary calls and streams', async () => {
    const server = await startOwnServer()
    const client = grpcJsClient(server.endpoint, { 'grpc.default_compression_algorithm': 2 })
    const squashy = Buffer.alloc(100_000, 'abc')
    expect(squashy.equals(await client.unary(service.echo, squashy))).toBe(true)
    const chat = client.stream(service.chat)
    chat.send(squashy)
    expect(squashy.equals(await chat.next())).toBe(true)
    chat.cancel()
    await client.close()
    await server.kill()
  })
})
