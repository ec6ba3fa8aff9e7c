import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { deferred } from '@waypost/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { text } from '../interop/bytes-codec.test-support.ts'
import { frameOf } from '../message-frame.ts'
import type { Method } from '../method.ts'
import { StatusCode } from '../status.ts'
import { RpcConnection } from './connection.ts'

const method: Method<string, string> = { path: '/test.Odd/Call', kind: 'unary', request: text, response: text }
const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc' }

/** A message as it is on the wire. */
const message = (words: string): Buffer => Buffer.from(frameOf(Buffer.from(words)))

let server: Http2Server
let connection: RpcConnection
let answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void
const sessions = new Set<ServerHttp2Session>()

beforeEach(async () => {
  server = createServer()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => {})
    session.on('close', () => sessions.delete(session))
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    answer(stream, headers)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  connection = new RpcConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    maxReceiveBytes: 1000,
  })
})

afterEach(async () => {
  await connection.close()
  for (const session of sessions) session.destroy()
  await new Promise((resolve) => server.close(resolve))
})

/** Answers with these chunks, each in a DATA frame of its own, and trailers. */
function answerWith(chunks: readonly Buffer[], trailers: Record<string, string>, headers = {}): void {
  answer = (stream) => {
    stream.respond({ ...grpcHeaders, ...headers }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    const next = (index: number): void => {
      const chunk = chunks[index]
      if (chunk === undefined) stream.end()
      else stream.write(chunk, () => setImmediate(next, index + 1))
    }
    next(0)
  }
}

const ok = { 'grpc-status': '0' }

describe('a unary call', () => {
  it('takes a message in many pieces', async () => {
    const pieces = [...message('piecemeal')].map((byte) => Buffer.from([byte]))
    answerWith(pieces, ok)
    expect(await connection.unary(method, 'x')).toBe('piecemeal')
  })

  it('takes a compressed message', async () => {
    const frame = message('')
    const packed = gzipSync('unpacked')
    frame[0] = 1
    frame.writeUInt32BE(packed.length, 1)
    answerWith([Buffer.concat([frame, packed])], ok, { 'grpc-encoding': 'gzip' })
    expect(await connection.unary(method, 'x')).toBe('unpacked')
  })

  it('says what it accepts', async () => {
    let accepted: unknown
    answer = (stream, headers) => {
      accepted = headers['grpc-accept-encoding']
      stream.respond({ ...grpcHeaders, 'grpc-status': '5' }, { endStream: true })
    }
    await expect(connection.unary(method, 'x')).rejects.toMatchObject({ code: StatusCode.NOT_FOUND })
    expect(accepted).toBe('identity,gzip')
  })

  it.each([
    { what: 'no message', chunks: [], trailers: ok, code: StatusCode.INTERNAL },
    { what: 'two messages', chunks: [message('a'), message('b')], trailers: ok, code: StatusCode.INTERNAL },
    { what: 'half a message', chunks: [message('abc').subarray(0, 6)], trailers: ok, code: StatusCode.INTERNAL },
    { what: 'an unknown flag', chunks: [Buffer.from([9, 0, 0, 0, 0])], trailers: ok, code: StatusCode.INTERNAL },
    { what: 'a message that cannot be decoded', chunks: [message('!')], trailers: ok, code: StatusCode.INTERNAL },
    {
      what: 'a compressed message that was not announced',
      chunks: [Buffer.from([1, 0, 0, 0, 1, 0])],
      trailers: ok,
      code: StatusCode.INTERNAL,
    },
    {
      what: 'a message over the limit',
      chunks: [Buffer.from([0, 0x7f, 0, 0, 0])],
      trailers: ok,
      code: StatusCode.RESOURCE_EXHAUSTED,
    },
    { what: 'trailers without a status', chunks: [message('a')], trailers: { other: 'x' }, code: StatusCode.INTERNAL },
  ])('fails on $what, as sent', async ({ chunks, trailers, code }) => {
    answerWith(chunks, trailers)
    await expect(connection.unary(method, 'x')).rejects.toMatchObject({ code, delivery: 'sent' })
    // The connection is none the worse.
    answerWith([message('next')], ok)
    expect(await connection.unary(method, 'x')).toBe('next')
  })

  it('fails on an encoding that it did not offer', async () => {
    answerWith([message('a')], ok, { 'grpc-encoding': 'snappy' })
    await expect(connection.unary(method, 'x')).rejects.toMatchObject({ code: StatusCode.INTERNAL, delivery: 'sent' })
  })

  it('reads a status it does not know as UNKNOWN', async () => {
    answerWith([], { 'grpc-status': '77', 'grpc-message': 'new' })
    await expect(connection.unary(method, 'x')).rejects.toMatchObject({
      code: StatusCode.UNKNOWN,
      message: 'new',
      delivery: 'answered',
    })
  })

  it.each([
    [400, StatusCode.INTERNAL, 'answered'],
    [401, StatusCode.UNAUTHENTICATED, 'answered'],
    [403, StatusCode.PERMISSION_DENIED, 'answered'],
    [404, StatusCode.UNIMPLEMENTED, 'answered'],
    [429, StatusCode.UNAVAILABLE, 'answered'],
    [502, StatusCode.UNAVAILABLE, 'sent'],
    [503, StatusCode.UNAVAILABLE, 'sent'],
    [504, StatusCode.UNAVAILABLE, 'sent'],
    [500, StatusCode.UNKNOWN, 'sent'],
  ])('maps HTTP status %i', async (status, code, delivery) => {
    answer = (stream) => {
      stream.respond({ ':status': status, 'content-type': 'text/html' })
      stream.end('<html>')
    }
    await expect(connection.unary(method, 'x')).rejects.toMatchObject({ code, delivery })
  })

  it('fails on an answer that is not gRPC', async () => {
    answer = (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/html' })
      stream.end('<html>')
    }
    await expect(connection.unary(method, 'x')).rejects.toMatchObject({
      code: StatusCode.UNKNOWN,
      message: expect.stringContaining('text/html'),
    })
  })

  it.each([
    { reset: 0, code: StatusCode.INTERNAL, delivery: 'sent' },
    { reset: 1, code: StatusCode.INTERNAL, delivery: 'sent' },
    { reset: 2, code: StatusCode.INTERNAL, delivery: 'sent' },
    { reset: 7, code: StatusCode.UNAVAILABLE, delivery: 'not-sent' },
    { reset: 8, code: StatusCode.CANCELLED, delivery: 'sent' },
    { reset: 11, code: StatusCode.RESOURCE_EXHAUSTED, delivery: 'sent' },
    { reset: 12, code: StatusCode.PERMISSION_DENIED, delivery: 'sent' },
    { reset: 99, code: StatusCode.UNKNOWN, delivery: 'sent' },
  ])('maps a reset with HTTP/2 error $reset', async ({ reset, code, delivery }) => {
    answer = (stream) => stream.close(reset)
    await expect(connection.unary(method, 'x')).rejects.toMatchObject({ code, delivery })
  })

  it('takes an early answer while its large request is still on the way', async () => {
    answer = (stream) => {
      stream.respond({ ...grpcHeaders, 'grpc-status': '8', 'grpc-message': 'too much' }, { endStream: true })
    }
    await expect(connection.unary(method, 'x'.repeat(3_000_000))).rejects.toMatchObject({
      code: StatusCode.RESOURCE_EXHAUSTED,
      delivery: 'answered',
    })
  })
})

describe('a stream', () => {
  it('hears of a server that ends it without a status', async () => {
    answer = (stream) => {
      stream.respond(grpcHeaders)
      stream.end(message('a'))
    }
    const log: string[] = []
    await new Promise<void>((resolve) => {
      connection.stream(method, {
        onMessage: (received) => log.push(received),
        onEnd: (error) => {
          log.push(`end ${error?.codeName}`)
          resolve()
        },
      })
    })
    expect(log).toEqual(['a', 'end INTERNAL'])
  })

  it('gets the headers before the first message', async () => {
    answerWith([message('a')], ok, { 'x-leader': 'me' })
    const log: unknown[] = []
    await new Promise<void>((resolve) => {
      connection.stream(method, {
        onHeaders: (metadata) => log.push(metadata['x-leader']),
        onMessage: (received) => log.push(received),
        onEnd: () => resolve(),
      })
    })
    expect(log).toEqual(['me', 'a'])
  })

  it('delivers nothing while paused, and the rest in order before the end', async () => {
    answerWith([Buffer.concat([message('a'), message('b'), message('c')]), message('d')], ok)
    const log: string[] = []
    const paused = deferred()
    const mayResume = deferred()
    const ended = new Promise<void>((resolve) => {
      const call = connection.stream(method, {
        onMessage(received) {
          log.push(received)
          if (received === 'b') {
            call.pause()
            paused.resolve()
            mayResume.promise.then(() => {
              log.push('resumed')
              call.resume()
            })
          }
        },
        onEnd: (error) => {
          log.push(`end ${error?.codeName ?? 'OK'}`)
          resolve()
        },
      })
    })
    await paused.promise
    // A round trip later all that the server sent would have been delivered.
    answerWith([message('other')], ok)
    await connection.unary(method, 'x')
    mayResume.resolve()
    await ended
    expect(log).toEqual(['a', 'b', 'resumed', 'c', 'd', 'end OK'])
  })

  it('ends once, whatever is called afterwards', async () => {
    answerWith([message('a')], ok)
    let ends = 0
    await new Promise<void>((resolve) => {
      const call = connection.stream(method, {
        onMessage: () => {},
        onEnd: () => {
          ends += 1
          setImmediate(resolve)
          call.cancel()
          call.resume()
          call.closeSend()
          expect(call.send('late')).toBe(true)
        },
      })
    })
    expect(ends).toBe(1)
  })

  it('feels the back-pressure of a server that does not read', async () => {
    let held: ServerHttp2Stream | undefined
    answer = (stream) => {
      held = stream
      stream.pause()
    }
    let drained: (() => void) | undefined
    const drain = new Promise<void>((resolve) => {
      drained = resolve
    })
    const call = connection.stream<string, string>(method, {
      onMessage: () => {},
      onEnd: () => {},
      onDrain: () => drained?.(),
    })
    await connection.connect()
    let sent = 0
    while (call.send('x'.repeat(10_000))) sent += 1
    expect(sent).toBeLessThan(100)
    // More than the server's window of 64 KiB, so that some of it has to wait for the server.
    for (let extra = 0; extra < 30; extra += 1) call.send('x'.repeat(10_000))
    expect(call.bufferedBytes).toBeGreaterThan(100_000)
    while (!held) await new Promise((resolve) => setImmediate(resolve))
    held.resume()
    await drain
    expect(call.bufferedBytes).toBeLessThan(100_000)
    call.cancel()
  })
})
