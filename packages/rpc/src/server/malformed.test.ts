import { connect, constants, type IncomingHttpHeaders } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { deferred } from '@waypost/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { text } from '../interop/bytes-codec.test-support.ts'
import { startOwnServer } from '../interop/own-server.test-support.ts'
import { service } from '../interop/test-service.test-support.ts'
import { frameOf } from '../message-frame.ts'
import type { Method } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { stream, unary } from './handler.ts'

const failing: Method<string, string> = { path: '/test.More/Fail', kind: 'unary', request: text, response: text }
const failingStream: Method<string, string> = { ...failing, path: '/test.More/FailStream', kind: 'bidi' }
const failingListener: Method<string, string> = { ...failingStream, path: '/test.More/FailListener' }
const badMetadata: Method<string, string> = { ...failing, path: '/test.More/BadMetadata' }
const defects: unknown[] = []

let server: Awaited<ReturnType<typeof startOwnServer>>
let session: ReturnType<typeof connect>

beforeEach(async () => {
  defects.length = 0
  server = await startOwnServer({
    handlers: [
      unary(failing, () => {
        throw new TypeError('secret detail')
      }),
      stream(failingStream, () => {
        throw new TypeError('secret detail')
      }),
      stream(failingListener, (call) => {
        call.onMessage(() => {
          throw new TypeError('secret detail')
        })
      }),
      unary(badMetadata, () => {
        throw new RpcError(StatusCode.ABORTED, 'no', { metadata: { 'Not a name': 'x' } })
      }),
    ],
    onInternalError: (error, path) => defects.push([path, error instanceof Error ? error.message : error]),
  })
  session = connect(server.endpoint)
})

afterEach(async () => {
  session.destroy()
  await server.kill()
})

interface Answer {
  readonly httpStatus: unknown
  readonly status: number
  readonly message: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly resetCode: number
}

/** Sends these chunks as a request, each in a DATA frame of its own, and half-closes unless told otherwise. */
async function send(
  path: string,
  chunks: readonly Buffer[],
  headers: Record<string, string> = {},
  { keepOpen = false } = {},
): Promise<Answer> {
  const request = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  let response: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  const body: Buffer[] = []
  const closed = deferred()
  request.on('response', (received) => {
    response = received
  })
  request.on('trailers', (received) => {
    trailers = received
  })
  request.on('data', (chunk: Buffer) => body.push(chunk))
  request.on('error', () => {})
  request.on('close', () => closed.resolve())
  const next = (index: number): void => {
    const chunk = chunks[index]
    if (request.closed) return
    if (chunk !== undefined) request.write(chunk, () => setImmediate(next, index + 1))
    else if (!keepOpen) request.end()
  }
  next(0)
  await closed.promise
  const final = { ...response, ...trailers }
  return {
    httpStatus: response[':status'],
    status: Number(final['grpc-status']),
    message: String(final['grpc-message'] ?? ''),
    headers: response,
    body: Buffer.concat(body),
    resetCode: request.rstCode,
  }
}

const echo = service.echo.path
const message = (words: string): Buffer => Buffer.from(frameOf(Buffer.from(words)))

describe('a request', () => {
  it('may come in many pieces', async () => {
    const pieces = [...message('piecemeal')].map((byte) => Buffer.from([byte]))
    expect((await send(echo, pieces)).body).toEqual(message('piecemeal'))
  })

  it('may have pieces that look like whole messages', async () => {
    const inner = message('inner')
    const frame = Buffer.from(frameOf(Buffer.concat([inner, inner, message('')])))
    const pieces = [frame.subarray(0, 5), inner, inner, message('')]
    expect((await send(echo, pieces)).body).toEqual(frame)
  })

  it('is answered before the client half-closes, and the client told to stop', async () => {
    const answer = await send(echo, [message('eager')], {}, { keepOpen: true })
    expect(answer).toMatchObject({ status: StatusCode.OK, body: message('eager') })
    expect(answer.resetCode).toBe(constants.NGHTTP2_NO_ERROR)
  })

  it('is its first message, whatever follows', async () => {
    expect((await send(echo, [Buffer.concat([message('a'), message('b')]), message('c')])).body).toEqual(message('a'))
  })

  it('of a method that streams its answer is its first message too, and without one is refused', async () => {
    const counted = await send(service.count.path, [Buffer.concat([message('1'), message('5')])])
    expect(counted).toMatchObject({ status: StatusCode.OK, body: message('0') })
    expect(await send(service.count.path, [])).toMatchObject({ httpStatus: 200, status: StatusCode.INTERNAL })
  })

  it('may be compressed', async () => {
    const packed = gzipSync('unpacked')
    const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, packed.length]), packed])
    expect((await send(echo, [frame], { 'grpc-encoding': 'gzip' })).body).toEqual(message('unpacked'))
  })

  it('may have a sub-type of application/grpc', async () => {
    const answer = await send(echo, [message('x')], { 'content-type': 'application/grpc+proto' })
    expect(answer.status).toBe(StatusCode.OK)
  })

  it.each([
    { what: 'an unknown flag', chunks: [Buffer.from([7, 0, 0, 0, 0])], status: StatusCode.INTERNAL },
    { what: 'no message', chunks: [], status: StatusCode.INTERNAL },
    { what: 'half a header', chunks: [Buffer.from([0, 0])], status: StatusCode.INTERNAL },
    { what: 'half a message', chunks: [message('abc').subarray(0, 6)], status: StatusCode.INTERNAL },
    { what: 'compression not announced', chunks: [Buffer.from([1, 0, 0, 0, 1, 0])], status: StatusCode.INTERNAL },
  ])('with $what is refused, and the connection goes on', async ({ chunks, status }) => {
    expect(await send(echo, chunks)).toMatchObject({ httpStatus: 200, status })
    expect((await send(echo, [message('next')])).status).toBe(StatusCode.OK)
    expect(defects).toEqual([])
  })

  it('that cannot be decoded is refused, without a report of a defect', async () => {
    expect(await send(service.fail.path, [message('!')])).toMatchObject({ status: StatusCode.INTERNAL })
    expect(await send(service.chat.path, [Buffer.from([3, 0, 0, 0, 0])])).toMatchObject({ status: StatusCode.INTERNAL })
    expect(defects).toEqual([])
  })

  it('over the limit is refused by its header alone, in the words of grpc-go', async () => {
    const declared = Buffer.from([0, 0, 0x20, 0, 1])
    expect(await send(echo, [declared], {}, { keepOpen: true })).toMatchObject({
      httpStatus: 200,
      status: StatusCode.RESOURCE_EXHAUSTED,
      message: 'grpc: received message larger than max (2097153 vs. 2097152)',
    })
    const largest = Buffer.alloc(5 + 2_097_152)
    largest.writeUInt32BE(2_097_152, 1)
    expect((await send(echo, [largest])).body.equals(largest)).toBe(true)
  })

  it('that swells past the limit when unpacked is refused', async () => {
    const packed = gzipSync(Buffer.alloc(50_000_000))
    const header = Buffer.alloc(5)
    header[0] = 1
    header.writeUInt32BE(packed.length, 1)
    expect(await send(echo, [header, packed], { 'grpc-encoding': 'gzip' })).toMatchObject({
      status: StatusCode.RESOURCE_EXHAUSTED,
    })
  })

  it('in an unknown encoding is refused, with what is known', async () => {
    const answer = await send(echo, [message('x')], { 'grpc-encoding': 'snappy' })
    expect(answer.status).toBe(StatusCode.UNIMPLEMENTED)
    expect(answer.headers['grpc-accept-encoding']).toBe('identity,gzip')
  })

  it.each([
    ['/test.Service/Nope', 'unknown method Nope for service test.Service'],
    ['/test.Nope/Echo', 'unknown service test.Nope'],
    ['/', 'malformed method name: "/"'],
  ])('for %s is refused with trailers only', async (path, words) => {
    const answer = await send(path, [message('x')])
    expect(answer).toMatchObject({ httpStatus: 200, status: StatusCode.UNIMPLEMENTED, message: words })
    expect(answer.headers['content-type']).toBe('application/grpc')
    expect(answer.body).toHaveLength(0)
  })

  it.each([failing.path, failingStream.path, failingListener.path])(
    'to %s, a defective handler, is answered blandly',
    async (path) => {
      const answer = await send(path, [message('x')])
      expect(answer).toMatchObject({ status: StatusCode.INTERNAL, message: 'internal error' })
      expect(defects).toEqual([[path, 'secret detail']])
    },
  )

  it('is answered with its status even if the metadata beside it cannot be sent', async () => {
    expect(await send(badMetadata.path, [message('x')])).toMatchObject({ status: StatusCode.ABORTED, message: 'no' })
    expect(defects).toHaveLength(1)
  })

  it('whose deadline has a bad form has none', async () => {
    expect((await send(echo, [message('x')], { 'grpc-timeout': 'soon' })).status).toBe(StatusCode.OK)
  })

  it('whose deadline passes is answered by the server itself', async () => {
    const answer = await send(service.wait.path, [message('x')], { 'grpc-timeout': '20m' })
    expect(answer).toMatchObject({ httpStatus: 200, status: StatusCode.DEADLINE_EXCEEDED })
    const chat = await send(service.chat.path, [message('x')], { 'grpc-timeout': '20m' }, { keepOpen: true })
    expect(chat).toMatchObject({ status: StatusCode.DEADLINE_EXCEEDED, body: message('x') })
  })
})
