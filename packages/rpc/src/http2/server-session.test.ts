import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FakeClock } from '@waypost/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import type { Http2Error } from './error-code.ts'
import { ErrorCode } from './error-code.ts'
import type { Handover } from './first-bytes.ts'
import { clientPreface, FrameFlag, FrameType, readUint32 } from './frame.ts'
import { encodeHeaders } from './header-block.ts'
import type { HeaderList } from './header-list.ts'
import type { Http2Options } from './limits.ts'
import { clientOpening, frame, Loopback, RawPeer, settings, uint32 } from './raw-peer.test-support.ts'
import { okHeaders, okTrailers, Recorder, requestBlock } from './recorder.test-support.ts'
import { ServerSession } from './server-session.ts'
import { SettingId } from './settings.ts'
import type { Http2Stream } from './stream.ts'

const { data, headers, priority, rstStream, pushPromise, ping, goaway, windowUpdate, continuation } = FrameType
const { endStream, endHeaders, padded, ack } = FrameFlag
const whole = endStream | endHeaders
const request = requestBlock()

let loopback = new Loopback()
afterEach(async () => {
  await loopback.close()
  loopback = new Loopback()
})

interface Served {
  readonly peer: RawPeer
  readonly session: ServerSession
  readonly socket: Socket
  readonly recorders: Recorder[]
  readonly lists: HeaderList[]
  readonly reason: Promise<Http2Error | undefined>
}

/** A server session, and a raw client that has said nothing yet. */
async function serve(
  options: Http2Options = {},
  onStream?: (stream: Http2Stream, recorder: Recorder, endStream: boolean) => void,
): Promise<Served> {
  const [clientSocket, serverSocket] = await loopback.pair()
  const recorders: Recorder[] = []
  const lists: HeaderList[] = []
  let close: (reason: Http2Error | undefined) => void = () => {}
  const reason = new Promise<Http2Error | undefined>((resolve) => {
    close = resolve
  })
  const session = new ServerSession(
    serverSocket,
    {
      onStream(stream, list, endStream) {
        const recorder = new Recorder()
        recorder.stream = stream
        recorder.endStream = endStream
        stream.handler = recorder
        recorders.push(recorder)
        lists.push(list)
        onStream?.(stream, recorder, endStream)
      },
      onClose: close,
    },
    options,
  )
  return { peer: new RawPeer(clientSocket), session, socket: serverSocket, recorders, lists, reason }
}

/** A server that answers every request when it is complete. */
function serveAnswers(options: Http2Options = {}): Promise<Served> {
  return serve(options, (stream, recorder, endStream) => {
    const answer = (): void => stream.respond(okHeaders, recorder.content, okTrailers)
    if (endStream) answer()
    else recorder.onEndStream = answer
  })
}

const initialWindow = (bytes: number): Buffer =>
  frame(FrameType.settings, 0, 0, settings([SettingId.initialWindowSize, bytes]))

const prioritySelf = (streamId: number): Buffer => Buffer.concat([uint32(streamId), Buffer.of(1)])

describe('ServerSession', () => {
  describe('a connection that breaks the rules', () => {
    it.each<[what: string, code: number, frames: Buffer[]]>([
      ['no preface', ErrorCode.protocolError, [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
      ['a preface with a wrong end', ErrorCode.protocolError, [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\rx')]],
      ['no settings first', ErrorCode.protocolError, [clientPreface, frame(ping, 0, 0, '12345678')]],
      ['an acknowledgement first', ErrorCode.protocolError, [clientPreface, frame(FrameType.settings, ack)]],
    ])('should be told of %s', async (_what, code, frames) => {
      const { peer, reason } = await serve()
      peer.send(...frames)
      expect(await peer.goaway()).toMatchObject({ code, lastStreamId: 0 })
      await peer.closed()
      expect(await reason).toMatchObject({ code })
    })

    it.each<[what: string, code: number, frames: Buffer[]]>([
      ['DATA for no stream', ErrorCode.protocolError, [frame(data, 0, 0, 'x')]],
      ['DATA for an idle stream', ErrorCode.protocolError, [frame(data, 0, 5, 'x')]],
      ['DATA for a stream of the server', ErrorCode.protocolError, [frame(data, 0, 2, 'x')]],
      [
        'DATA with too much padding',
        ErrorCode.protocolError,
        [frame(headers, endHeaders, 1, request), frame(data, padded, 1, '\x03ab')],
      ],
      [
        'DATA without room for its padding',
        ErrorCode.frameSizeError,
        [frame(headers, endHeaders, 1, request), frame(data, padded, 1)],
      ],
      ['HEADERS for no stream', ErrorCode.protocolError, [frame(headers, whole, 0, request)]],
      ['HEADERS for an even stream', ErrorCode.protocolError, [frame(headers, whole, 2, request)]],
      ['HEADERS with too much padding', ErrorCode.protocolError, [frame(headers, whole | padded, 1, '\xff\x82')]],
      ['HEADERS with half a priority', ErrorCode.protocolError, [frame(headers, whole | FrameFlag.priority, 1, 'abc')]],
      [
        'HEADERS that depend on themselves',
        ErrorCode.protocolError,
        [frame(headers, whole | FrameFlag.priority, 1, Buffer.concat([prioritySelf(1), request]))],
      ],
      ['a block that cannot be decoded', ErrorCode.compressionError, [frame(headers, whole, 1, '\x80')]],
      [
        'a block interrupted by another frame',
        ErrorCode.protocolError,
        [frame(headers, endStream, 1, request), frame(ping, 0, 0, '12345678')],
      ],
      [
        'a block continued for another stream',
        ErrorCode.protocolError,
        [frame(headers, endStream, 1, request), frame(continuation, endHeaders, 3)],
      ],
      [
        'a block interrupted by a frame of unknown type',
        ErrorCode.protocolError,
        [frame(headers, endStream, 1, request), frame(0xbe, 0, 1)],
      ],
      ['CONTINUATION of nothing', ErrorCode.protocolError, [frame(continuation, endHeaders, 1)]],
      ['PRIORITY of a wrong size', ErrorCode.frameSizeError, [frame(priority, 0, 1, 'abc')]],
      ['PRIORITY for no stream', ErrorCode.protocolError, [frame(priority, 0, 0, 'abcde')]],
      ['PRIORITY on itself', ErrorCode.protocolError, [frame(priority, 0, 3, prioritySelf(3))]],
      ['RST_STREAM for no stream', ErrorCode.protocolError, [frame(rstStream, 0, 0, uint32(8))]],
      ['RST_STREAM for an idle stream', ErrorCode.protocolError, [frame(rstStream, 0, 1, uint32(8))]],
      ['RST_STREAM of a wrong size', ErrorCode.frameSizeError, [frame(rstStream, 0, 1, 'abc')]],
      ['SETTINGS for a stream', ErrorCode.protocolError, [frame(FrameType.settings, 0, 1)]],
      ['SETTINGS of a wrong size', ErrorCode.frameSizeError, [frame(FrameType.settings, 0, 0, 'abc')]],
      ['an acknowledgement that says more', ErrorCode.frameSizeError, [frame(FrameType.settings, ack, 0, 'abcdef')]],
      ['ENABLE_PUSH = 2', ErrorCode.protocolError, [frame(FrameType.settings, 0, 0, settings([2, 2]))]],
      [
        'INITIAL_WINDOW_SIZE = 2^31',
        ErrorCode.flowControlError,
        [frame(FrameType.settings, 0, 0, settings([4, 2 ** 31]))],
      ],
      ['MAX_FRAME_SIZE = 16,383', ErrorCode.protocolError, [frame(FrameType.settings, 0, 0, settings([5, 16_383]))]],
      ['MAX_FRAME_SIZE = 2^24', ErrorCode.protocolError, [frame(FrameType.settings, 0, 0, settings([5, 2 ** 24]))]],
      ['PUSH_PROMISE', ErrorCode.protocolError, [frame(pushPromise, endHeaders, 1, uint32(2))]],
      ['PING for a stream', ErrorCode.protocolError, [frame(ping, 0, 1, '12345678')]],
      ['PING of a wrong size', ErrorCode.frameSizeError, [frame(ping, 0, 0, '1234567')]],
      ['GOAWAY for a stream', ErrorCode.protocolError, [frame(goaway, 0, 1, '12345678')]],
      ['GOAWAY of a wrong size', ErrorCode.frameSizeError, [frame(goaway, 0, 0, '1234567')]],
      ['WINDOW_UPDATE of a wrong size', ErrorCode.frameSizeError, [frame(windowUpdate, 0, 0, 'abc')]],
      ['WINDOW_UPDATE by 0', ErrorCode.protocolError, [frame(windowUpdate, 0, 0, uint32(0))]],
      ['WINDOW_UPDATE for an idle stream', ErrorCode.protocolError, [frame(windowUpdate, 0, 1, uint32(1))]],
      ['a window beyond 2^31', ErrorCode.flowControlError, [frame(windowUpdate, 0, 0, uint32(2 ** 31 - 1))]],
      [
        'settings that raise the window of a stream beyond 2^31',
        ErrorCode.flowControlError,
        [
          frame(headers, endHeaders, 1, request),
          frame(windowUpdate, 0, 1, uint32(2 ** 30)),
          frame(FrameType.settings, 0, 0, settings([4, 2 ** 31 - 1])),
        ],
      ],
      [
        'HEADERS for a stream that has ended',
        ErrorCode.streamClosed,
        [frame(headers, whole, 1, request), frame(headers, whole, 1, request)],
      ],
      [
        'DATA for a stream that has ended',
        ErrorCode.streamClosed,
        [frame(headers, whole, 1, request), frame(data, 0, 1, 'x')],
      ],
      [
        'DATA for a stream that the client has reset',
        ErrorCode.streamClosed,
        [frame(headers, endHeaders, 1, request), frame(rstStream, 0, 1, uint32(8)), frame(data, 0, 1, 'x')],
      ],
      [
        'DATA for a stream that was passed over',
        ErrorCode.streamClosed,
        [frame(headers, whole, 5, request), frame(data, 0, 3, 'x')],
      ],
      ['a frame that is too large', ErrorCode.frameSizeError, [frame(data, 0, 1, Buffer.alloc(20_000))]],
      ['an unknown frame that is too large', ErrorCode.frameSizeError, [frame(0xbe, 0, 1, Buffer.alloc(20_000))]],
      ['HEADERS that are too large', ErrorCode.enhanceYourCalm, [frame(headers, whole, 1, Buffer.alloc(5000))]],
      [
        'a block that is too large in its parts',
        ErrorCode.enhanceYourCalm,
        [frame(headers, endStream, 1, Buffer.alloc(3000)), frame(continuation, 0, 1, Buffer.alloc(3000))],
      ],
      [
        'a block in too many parts',
        ErrorCode.enhanceYourCalm,
        [frame(headers, endStream, 1, request), ...Array.from({ length: 40 }, () => frame(continuation, 0, 1))],
      ],
    ])('should be told of %s', async (_what, code, frames) => {
      const { peer, reason } = await serveAnswers({ maxFrameBytes: 16_384, maxHeaderBytes: 4096 })
      peer.send(clientOpening, ...frames)
      expect(await peer.goaway()).toMatchObject({ code })
      await peer.closed()
      expect(await reason).toMatchObject({ code })
    })

    it('should be told of more data than the window allows', async () => {
      const { peer } = await serve({ connectionWindowBytes: 65_535, streamWindowBytes: 2 ** 20 })
      peer.send(clientOpening)
      for (let streamId = 1; streamId < 9; streamId += 2) peer.send(frame(headers, endHeaders, streamId, request))
      await peer.settle()
      // What is more than half is given back at once, so that only one frame larger than the window breaks it.
      peer.send(frame(data, 0, 1, Buffer.alloc(70_000)))
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.flowControlError })
    })

    it('should not hear of a defect in words', async () => {
      const { peer, reason } = await serve({}, () => {
        throw new Error('the secret is 42')
      })
      peer.send(clientOpening, frame(headers, whole, 1, request))
      expect(await peer.goaway()).toEqual({ lastStreamId: 1, code: ErrorCode.internalError, message: 'internal error' })
      expect(await reason).toMatchObject({ cause: { message: 'the secret is 42' } })
    })
  })

  describe('a stream that breaks the rules', () => {
    const malformed = encodeHeaders([[':method', 'POST']])
    const withLength = (length: number): Uint8Array => requestBlock('/', [['content-length', String(length)]])

    it.each<[what: string, code: number, frames: Buffer[]]>([
      ['malformed headers', ErrorCode.protocolError, [frame(headers, whole, 1, malformed)]],
      [
        'headers larger than the limit once decoded',
        ErrorCode.enhanceYourCalm,
        [frame(headers, whole, 1, requestBlock('/', [['a', 'x'.repeat(3900)]]))],
      ],
      [
        'trailers that do not end it',
        ErrorCode.protocolError,
        [frame(headers, endHeaders, 1, request), frame(headers, endHeaders, 1, okTrailers)],
      ],
      [
        'trailers with pseudo-header fields',
        ErrorCode.protocolError,
        [frame(headers, endHeaders, 1, request), frame(headers, whole, 1, request)],
      ],
      [
        'less content than declared',
        ErrorCode.protocolError,
        [frame(headers, endHeaders, 1, withLength(3)), frame(data, endStream, 1, 'ab')],
      ],
      [
        'more content than declared',
        ErrorCode.protocolError,
        [frame(headers, endHeaders, 1, withLength(3)), frame(data, 0, 1, 'abcd')],
      ],
      ['no content where some is declared', ErrorCode.protocolError, [frame(headers, whole, 1, withLength(3))]],
      [
        'WINDOW_UPDATE by 0',
        ErrorCode.protocolError,
        [frame(headers, endHeaders, 1, request), frame(windowUpdate, 0, 1, uint32(0))],
      ],
      [
        'a window beyond 2^31',
        ErrorCode.flowControlError,
        [frame(headers, endHeaders, 1, request), frame(windowUpdate, 0, 1, uint32(2 ** 31 - 1))],
      ],
      [
        'more data than its window allows',
        ErrorCode.flowControlError,
        [frame(headers, endHeaders, 1, request), frame(data, 0, 1, Buffer.alloc(9000))],
      ],
    ])('should be reset for %s, and no other', async (_what, code, frames) => {
      const { peer } = await serveAnswers({ maxHeaderBytes: 4096, streamWindowBytes: 8192 })
      peer.send(clientOpening, ...frames, frame(headers, whole, 3, request))
      const reset = await peer.next(rstStream)
      expect(reset.streamId).toBe(1)
      expect(readUint32(reset.payload, 0)).toBe(code)
      expect(await peer.next((each) => each.streamId === 3 && (each.flags & endStream) !== 0)).toBeDefined()
    })

    it('should be reset for DATA after its end', async () => {
      const { peer } = await serve()
      peer.send(clientOpening, frame(headers, whole, 1, request), frame(data, 0, 1, 'x'))
      const reset = await peer.next(rstStream)
      expect(readUint32(reset.payload, 0)).toBe(ErrorCode.streamClosed)
    })
  })

  it('should answer a request in one piece', async () => {
    const { peer, recorders, lists } = await serveAnswers()
    peer.send(clientOpening, frame(headers, endHeaders, 1, request), frame(data, endStream, 1, 'hello'))
    const [first, second, third] = [await peer.next(headers), await peer.next(data), await peer.next(headers)]
    expect(first).toMatchObject({ flags: endHeaders, streamId: 1 })
    expect(first.payload.equals(okHeaders)).toBe(true)
    expect(second).toMatchObject({ flags: 0, streamId: 1, payload: Buffer.from('hello') })
    expect(third).toMatchObject({ flags: whole, streamId: 1 })
    expect(await recorders[0]?.ended).toEqual({ code: 0, end: 'done' })
    expect(lists[0]?.fields).toMatchObject({ ':path': '/test.Echo/Say', te: 'trailers' })
  })

  it('should tell its settings, acknowledge those of the client, and open the window', async () => {
    const { peer } = await serve({
      maxConcurrentStreams: 7,
      streamWindowBytes: 2 ** 20,
      connectionWindowBytes: 2 ** 24,
    })
    peer.send(clientOpening, frame(headers, whole, 1, request))
    const first = await peer.next(() => true)
    expect(first).toMatchObject({ type: FrameType.settings, flags: 0 })
    expect(first.payload.toString('hex')).toContain(settings([3, 7], [4, 2 ** 20]).toString('hex'))
    expect(await peer.next(FrameType.settings)).toMatchObject({ flags: ack })
    const update = await peer.next(windowUpdate)
    expect(readUint32(update.payload, 0)).toBe(2 ** 24 - 65_535)
  })

  it('should read what is padded, has a priority, is continued or is empty', async () => {
    const { peer, recorders, lists } = await serveAnswers()
    const block = Buffer.from(request)
    const first = Buffer.concat([Buffer.of(2), prioritySelf(7), block.subarray(0, 10), Buffer.alloc(2)])
    peer.send(
      clientOpening,
      frame(headers, padded | FrameFlag.priority, 1, first),
      frame(continuation, 0, 1),
      frame(continuation, endHeaders, 1, block.subarray(10)),
      frame(data, padded, 1, '\x03abcxyz'),
      frame(data, 0, 1),
      frame(data, padded, 1, '\x00'),
      frame(0xbe, 0xff, 1, 'unknown frames are ignored'),
      frame(data, padded | endStream, 1, '\x02defyz'),
    )
    expect((await peer.next(data)).payload.toString()).toBe('abcdef')
    expect(lists[0]?.kind).toBe('request')
    expect(recorders[0]?.closes).toBe(1)
  })

  it('should end a request with its trailers', async () => {
    const { peer, recorders } = await serveAnswers()
    peer.send(
      clientOpening,
      frame(headers, endHeaders, 1, request),
      frame(data, 0, 1, 'ab'),
      frame(headers, whole, 1, encodeHeaders([['checksum', 'x']])),
    )
    expect((await peer.next(data)).payload.toString()).toBe('ab')
    expect(recorders[0]?.headers).toEqual([{ checksum: 'x' }])
  })

  it('should tell the client to stop when it has answered early, and ignore what was on its way', async () => {
    const { peer, recorders } = await serve({}, (stream) => stream.respond(okHeaders, Buffer.from('no'), okTrailers))
    peer.send(clientOpening, frame(headers, endHeaders, 1, request))
    expect(readUint32((await peer.next(rstStream)).payload, 0)).toBe(ErrorCode.noError)
    peer.send(frame(data, endStream, 1, 'late'), frame(headers, whole, 3, request))
    expect(await peer.next((each) => each.streamId === 3)).toBeDefined()
    expect(await recorders[0]?.ended).toEqual({ code: 0, end: 'done' })
  })

  it('should not reset a stream whose end comes with its last message', async () => {
    const { peer, recorders } = await serve({}, (stream, recorder) => {
      recorder.onChunk = (chunk) => {
        if (chunk.length > 0) stream.respond(okHeaders, chunk, okTrailers)
      }
    })
    peer.send(clientOpening, frame(headers, endHeaders, 1, request), frame(data, 0, 1, 'x'), frame(data, endStream, 1))
    await peer.settle()
    expect(peer.frames.some((each) => each.type === rstStream)).toBe(false)
    expect(await recorders[0]?.ended).toEqual({ code: 0, end: 'done' })
  })

  it('should tell who cut a stream off', async () => {
    const { peer, recorders, session } = await serve()
    peer.send(clientOpening, frame(headers, endHeaders, 1, request), frame(headers, endHeaders, 3, request))
    peer.send(frame(headers, endHeaders, 5, request))
    await peer.settle()
    peer.send(frame(rstStream, 0, 1, uint32(ErrorCode.cancel)))
    expect(await recorders[0]?.ended).toEqual({ code: ErrorCode.cancel, end: 'peer' })
    recorders[1]?.stream?.reset(ErrorCode.internalError)
    expect(await recorders[1]?.ended).toEqual({ code: ErrorCode.internalError, end: 'local' })
    expect(session.openStreams).toBe(1)
    peer.socket.destroy()
    expect(await recorders[2]?.ended).toMatchObject({ end: 'connection' })
    expect(recorders.map((each) => each.closes)).toEqual([1, 1, 1])
  })

  it('should refuse streams beyond its limit and take others later', async () => {
    const { peer, recorders, session } = await serve({ maxConcurrentStreams: 2 })
    peer.send(clientOpening, ...[1, 3, 5].map((id) => frame(headers, endHeaders, id, request)))
    const refused = await peer.next(rstStream)
    expect([refused.streamId, readUint32(refused.payload, 0)]).toEqual([5, ErrorCode.refusedStream])
    peer.send(frame(data, 0, 5, 'on its way'), frame(rstStream, 0, 1, uint32(8)), frame(headers, whole, 7, request))
    await peer.settle()
    expect(recorders.map((each) => each.stream?.id)).toEqual([1, 3, 7])
    expect(session.openStreams).toBe(2)
  })

  it('should answer pings', async () => {
    const { peer } = await serve()
    peer.send(clientOpening, frame(ping, 0, 0, '12345678'))
    expect(await peer.next(ping)).toMatchObject({ flags: ack, payload: Buffer.from('12345678') })
  })

  it('should ask whether the client is there', async () => {
    const { peer, session } = await serve()
    peer.send(clientOpening)
    const answered = new Promise<unknown>((resolve) => session.ping(resolve))
    const asked = await peer.next(ping)
    peer.send(frame(ping, ack, 0, 'nobody!!'), frame(ping, ack, 0, asked.payload))
    expect(await answered).toBeUndefined()
    const unanswered = new Promise<unknown>((resolve) => session.ping(resolve))
    session.destroy()
    expect(await unanswered).toBeInstanceOf(Error)
    expect(await new Promise<unknown>((resolve) => session.ping(resolve))).toBeInstanceOf(Error)
  })

  describe('windows', () => {
    const large = Buffer.alloc(200_000, 'x')

    async function collect(peer: RawPeer, bytes: number): Promise<number[]> {
      const sizes: number[] = []
      for (let sum = 0; sum < bytes; ) {
        const { payload } = await peer.next(data)
        sizes.push(payload.length)
        sum += payload.length
      }
      return sizes
    }

    it('should send no more than both windows and the frame size allow', async () => {
      const { peer, recorders } = await serve({}, (stream) => stream.respond(okHeaders, large, okTrailers))
      peer.send(clientOpening, frame(headers, whole, 1, request))
      expect(await collect(peer, 65_535)).toEqual([16_384, 16_384, 16_384, 16_383])
      await peer.settle()
      expect(peer.frames.some((each) => each.streamId === 1)).toBe(false)
      peer.send(frame(windowUpdate, 0, 1, uint32(1000)))
      await peer.settle()
      expect(peer.frames.some((each) => each.streamId === 1)).toBe(false)
      peer.send(frame(windowUpdate, 0, 0, uint32(500_000)))
      expect(await collect(peer, 1000)).toEqual([1000])
      expect(recorders[0]?.stream?.bufferedBytes).toBe(200_000 - 66_535)
      peer.send(frame(FrameType.settings, 0, 0, settings([5, 100_000])), frame(windowUpdate, 0, 1, uint32(500_000)))
      expect(await collect(peer, 200_000 - 66_535)).toEqual([65_536, 65_536, 2393])
      expect(await peer.next(headers)).toMatchObject({ flags: whole, streamId: 1 })
      expect(await recorders[0]?.ended).toEqual({ code: 0, end: 'done' })
    })

    it('should follow changes of the initial window, down below zero too', async () => {
      const { peer } = await serve({}, (stream) => stream.respond(okHeaders, large, okTrailers))
      peer.send(
        clientOpening,
        frame(windowUpdate, 0, 0, uint32(10 ** 6)),
        frame(FrameType.settings, 0, 0, settings([4, 10_000])),
        frame(headers, whole, 1, request),
      )
      await collect(peer, 10_000)
      peer.send(frame(FrameType.settings, 0, 0, settings([4, 4000])))
      // 6,000 below zero.
      peer.send(frame(windowUpdate, 0, 1, uint32(5999)))
      await peer.settle()
      peer.frames.length = 0
      peer.send(frame(windowUpdate, 0, 1, uint32(2)))
      expect(await collect(peer, 1)).toEqual([1])
      peer.send(frame(FrameType.settings, 0, 0, settings([4, 5000])))
      expect(await collect(peer, 1000)).toEqual([1000])
      peer.send(frame(FrameType.settings, 0, 0, settings([4, 10 ** 6])))
      await collect(peer, 200_000 - 11_001)
      expect(await peer.next(headers)).toMatchObject({ flags: whole })
    })

    it('should let streams take turns', async () => {
      const { peer } = await serve({}, (stream) => stream.respond(okHeaders, large, okTrailers))
      const ids = [1, 3, 5]
      peer.send(clientOpening, frame(FrameType.settings, 0, 0, settings([4, 10 ** 6])))
      peer.send(...ids.map((id) => frame(headers, whole, id, request)))
      await peer.settle()
      peer.frames.length = 0
      peer.send(frame(windowUpdate, 0, 0, uint32(10 ** 6)))
      const order: number[] = []
      while (order.length < 9) order.push((await peer.next(data)).streamId)
      expect(new Set(order.slice(0, 3)).size).toBe(3)
      expect(new Set(order.slice(3, 6)).size).toBe(3)
    })

    it('should give back what it has received, but not for a stream that is paused', async () => {
      const { peer, recorders } = await serve({ streamWindowBytes: 20_000, connectionWindowBytes: 100_000 })
      peer.send(clientOpening, frame(headers, endHeaders, 1, request))
      await peer.next((each) => each.type === windowUpdate && each.streamId === 0)
      peer.send(frame(data, 0, 1, Buffer.alloc(12_000)))
      expect(await peer.next(windowUpdate)).toMatchObject({ streamId: 1, payload: uint32(12_000) })
      const stream = recorders[0]?.stream
      stream?.pause()
      peer.send(frame(data, 0, 1, Buffer.alloc(16_000)))
      await peer.settle()
      expect(peer.frames).toEqual([])
      stream?.resume()
      expect(await peer.next(windowUpdate)).toMatchObject({ streamId: 1, payload: uint32(16_000) })
      peer.send(frame(data, 0, 1, Buffer.alloc(20_000)), frame(data, 0, 1, Buffer.alloc(10_000)))
      expect(await peer.next((each) => each.streamId === 0)).toMatchObject({ type: windowUpdate })
    })

    it('should say when a stream has room again', async () => {
      const { peer, recorders } = await serve({ streamHighWaterBytes: 10_000 })
      peer.send(
        clientOpening,
        frame(FrameType.settings, 0, 0, settings([4, 0])),
        frame(headers, endHeaders, 1, request),
      )
      await peer.settle()
      const [recorder] = recorders
      const stream = recorder?.stream
      stream?.sendHeaders(okHeaders, false)
      expect(stream?.sendData(Buffer.alloc(6000), false)).toBe(true)
      expect(stream?.sendData(Buffer.alloc(6000), false)).toBe(false)
      expect(stream?.bufferedBytes).toBe(12_000)
      peer.send(frame(windowUpdate, 0, 1, uint32(6000)))
      await peer.settle()
      expect(recorder?.drains).toBe(0)
      peer.send(frame(windowUpdate, 0, 1, uint32(1000)))
      await peer.settle()
      expect(recorder?.drains).toBe(1)
      expect(stream?.sendData(Buffer.alloc(1), false)).toBe(true)
    })

    it('should end without a window when there is nothing left to say', async () => {
      const { peer } = await serve({}, (stream) => {
        stream.sendHeaders(okHeaders, false)
        stream.sendData(Buffer.alloc(0), false)
        stream.sendTrailers(okTrailers)
      })
      peer.send(clientOpening, frame(FrameType.settings, 0, 0, settings([4, 0])), frame(headers, whole, 1, request))
      expect((await peer.next(headers)).flags).toBe(endHeaders)
      expect((await peer.next(headers)).flags).toBe(whole)
    })
  })

  it('should split headers that are larger than a frame', async () => {
    const block = encodeHeaders([
      [':status', '200'],
      ['a', 'x'.repeat(40_000)],
    ])
    const { peer } = await serve({}, (stream) => stream.sendHeaders(block, true))
    peer.send(clientOpening, frame(headers, whole, 1, request))
    const parts = [await peer.next(headers), await peer.next(continuation), await peer.next(continuation)]
    expect(parts.map((each) => each.flags)).toEqual([endStream, 0, endHeaders])
    expect(Buffer.concat(parts.map((each) => each.payload)).equals(block)).toBe(true)
  })

  it('should say that it keeps no table when the client wants a smaller one', async () => {
    const { peer } = await serveAnswers()
    peer.send(clientPreface, frame(FrameType.settings, 0, 0, settings([1, 100])), frame(headers, whole, 1, request))
    const first = await peer.next(headers)
    expect(first.payload[0]).toBe(0x20)
    expect(first.payload.subarray(1).equals(okHeaders)).toBe(true)
    peer.send(frame(headers, whole, 3, request))
    await peer.next(headers)
    expect((await peer.next(headers)).payload.equals(okHeaders)).toBe(true)
  })

  it('should let others have their turn while it handles much input', async () => {
    const order: string[] = []
    let onBusy = (): void => {}
    const busy = await serve({ inputSliceMs: 0 }, () => {
      order.push('busy')
      onBusy()
    })
    const other = await serve({ inputSliceMs: 0 }, () => order.push('other'))
    for (const { peer } of [busy, other]) {
      peer.send(clientOpening, frame(headers, whole, 1, request))
      await peer.settle()
    }
    order.length = 0
    // Sent while the first of the many requests is handled: the other must not wait for the last of them.
    onBusy = () => {
      onBusy = () => {}
      other.peer.send(frame(headers, whole, 3, request))
    }
    const ids = Array.from({ length: 1000 }, (_, n) => 2 * n + 3)
    busy.peer.send(...ids.map((id) => frame(headers, whole, id, request)))
    await expect.poll(() => order.length).toBe(1001)
    expect(order.indexOf('other')).toBeLessThan(1000)
  })

  describe('floods', () => {
    it.each<[what: string, frame: Buffer, count: number]>([
      ['pings', frame(ping, 0, 0, '12345678'), 20_000],
      ['settings', frame(FrameType.settings), 2000],
      ['priorities', frame(priority, 0, 9, Buffer.alloc(5)), 20_000],
      ['empty data', frame(data, 0, 1), 20_000],
      ['frames of unknown type', frame(0xbe), 20_000],
      ['windows for a stream that has ended', frame(windowUpdate, 0, 3, uint32(1)), 20_000],
      ['windows for the connection', frame(windowUpdate, 0, 0, uint32(1)), 20_000],
      ['windows for a stream that is sent nothing', frame(windowUpdate, 0, 1, uint32(1)), 20_000],
    ])('should end at too many %s', async (_what, flood, count) => {
      const { peer, session } = await serve({}, (stream) => {
        if (stream.id === 3) stream.respond(okHeaders, Buffer.of(1), okTrailers)
      })
      peer.send(clientOpening, frame(headers, endHeaders, 1, request), frame(headers, whole, 3, request))
      await peer.settle()
      peer.send(...Array.from({ length: count }, () => flood))
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.enhanceYourCalm })
      expect(session.openStreams).toBe(0)
    })

    it('should end at too many resets of requests that wait', async () => {
      const { peer } = await serve()
      peer.send(clientOpening)
      for (let id = 1; id < 20_000; id += 2) {
        peer.send(frame(headers, endHeaders, id, request), frame(rstStream, 0, id, uint32(8)))
      }
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.enhanceYourCalm })
    })

    it('should end at too many streams that the client makes it reset', async () => {
      const { peer } = await serve()
      peer.send(clientOpening)
      for (let id = 1; id < 20_000; id += 2) {
        peer.send(frame(headers, endHeaders, id, request), frame(windowUpdate, 0, id, uint32(0)))
      }
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.enhanceYourCalm })
    })

    it('should end at windows that are opened and shut again for many streams that wait', async () => {
      const { peer, reason } = await serveAnswers()
      peer.send(clientPreface, initialWindow(0), frame(FrameType.settings, ack))
      const streams = Array.from({ length: 10_000 }, (_, n) => [
        frame(headers, endHeaders, 2 * n + 1, request),
        frame(data, endStream, 2 * n + 1, 'some content'),
      ])
      peer.send(...streams.flat())
      await peer.settle()
      for (let round = 0; round < 50 && !peer.isClosed; round++) {
        peer.send(initialWindow(1), initialWindow(0))
        await peer.settle().catch(() => {})
      }
      expect(await reason).toMatchObject({ code: ErrorCode.enhanceYourCalm })
    })

    it('should not look at streams that have nothing to send when a window opens', async () => {
      const { peer, session } = await serve()
      peer.send(clientOpening)
      peer.send(...Array.from({ length: 50_000 }, (_, n) => frame(headers, endHeaders, 2 * n + 1, request)))
      await peer.settle()
      const before = process.cpuUsage()
      for (let round = 0; round < 400; round++) {
        peer.send(initialWindow(70_000), initialWindow(65_535))
      }
      await peer.settle()
      const { user } = process.cpuUsage(before)
      expect(session.openStreams).toBe(50_000)
      expect(user / 1000).toBeLessThan(200)
    })

    it('should take any number of honest requests with a ping each', async () => {
      const { peer, session } = await serveAnswers()
      peer.send(clientOpening)
      for (let id = 1; id < 40_000; id += 2) {
        peer.send(
          frame(headers, endHeaders, id, request),
          frame(data, endStream, id, 'x'),
          frame(ping, 0, 0, '12345678'),
        )
      }
      await peer.next((each) => each.streamId === 39_999 && each.flags === whole)
      expect(session.openStreams).toBe(0)
    })

    it('should stop reading from a client that does not read', async () => {
      const { peer, session } = await serve({ socketHighWaterBytes: 64 * 1024 })
      peer.send(clientOpening)
      await peer.settle()
      peer.socket.pause()
      const pings = Buffer.concat(Array.from({ length: 100 }, () => frame(ping, 0, 0, '12345678')))
      const work = frame(headers, whole, 1, request)
      let id = 1
      // Useful frames between the pings keep the budget full: only the socket can say stop.
      for (let round = 0; round < 3000 && !peer.socket.writableNeedDrain; round += 1) {
        const more = Array.from({ length: 50 }, () => {
          const each = Buffer.from(work)
          each.writeUInt32BE(id, 5)
          id += 2
          return Buffer.concat([each, frame(rstStream, 0, id - 2, uint32(8))])
        })
        if (round < 15) peer.send(pings, ...more)
        else peer.send(pings)
        await nextTurn()
      }
      expect(session.output.waitingBytes).toBeLessThan(2 * 1024 * 1024)
    })
  })

  describe('time', () => {
    it('should end a connection that says nothing', async () => {
      const clock = new FakeClock()
      const { peer, reason } = await serve({ clock, settingsTimeoutMs: 5000 })
      await peer.next(FrameType.settings)
      clock.advanceSync(5000)
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.protocolError })
      expect(await reason).toMatchObject({ code: ErrorCode.protocolError })
      clock.advanceSync(1000)
      await peer.closed()
    })

    it('should end a connection that does not acknowledge settings', async () => {
      const clock = new FakeClock()
      const { peer } = await serve({ clock, settingsTimeoutMs: 5000 })
      peer.send(clientOpening)
      await peer.settle()
      clock.advanceSync(5000)
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.settingsTimeout })
    })

    it('should go on when both have come', async () => {
      const clock = new FakeClock()
      const { peer } = await serveAnswers({ clock, settingsTimeoutMs: 5000 })
      peer.send(clientOpening, frame(FrameType.settings, ack))
      await peer.settle()
      clock.advanceSync(60_000)
      peer.send(frame(headers, whole, 1, request))
      expect(await peer.next(headers)).toBeDefined()
      expect(clock.pendingTimers).toBe(0)
    })

    it('should not wait for a header block that is never completed', async () => {
      const clock = new FakeClock()
      const { peer } = await serveAnswers({ clock, frameTimeoutMs: 60_000 })
      peer.send(clientOpening, frame(FrameType.settings, ack))
      await peer.settle()
      peer.send(frame(headers, 0, 1, request))
      await expect.poll(() => clock.pendingTimers).toBe(1)
      clock.advanceSync(59_000)
      peer.send(frame(continuation, 0, 1, Buffer.of(0x82)))
      await nextTurn()
      expect(peer.isClosed).toBe(false)
      clock.advanceSync(1000)
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.enhanceYourCalm })
    })

    it('should go on with frames that are cut, as long as they are completed', async () => {
      const clock = new FakeClock()
      const { peer } = await serveAnswers({ clock, frameTimeoutMs: 60_000 })
      peer.send(clientOpening, frame(FrameType.settings, ack))
      await peer.settle()
      for (let id = 1; id < 10; id += 2) {
        const bytes = frame(headers, whole, id, request)
        peer.send(bytes.subarray(0, 12))
        await expect.poll(() => clock.pendingTimers).toBe(1)
        clock.advanceSync(50_000)
        peer.send(bytes.subarray(12))
        await peer.next((each) => each.type === headers && each.streamId === id)
        clock.advanceSync(50_000)
      }
      expect(peer.isClosed).toBe(false)
    })

    it('should not wait long for a client that does not close', async () => {
      const clock = new FakeClock()
      const { peer, session, socket } = await serve({ clock, lingerMs: 1000 })
      peer.socket.allowHalfOpen = true
      peer.send(clientOpening, frame(FrameType.settings, ack))
      await peer.settle()
      session.close()
      await peer.goaway()
      expect(socket.destroyed).toBe(false)
      clock.advanceSync(1000)
      expect(socket.destroyed).toBe(true)
    })
  })

  describe('close', () => {
    it('should let running streams end, take no new ones, and then close', async () => {
      const { peer, session, recorders, reason } = await serve()
      peer.send(clientOpening, frame(headers, endHeaders, 1, request))
      await peer.settle()
      session.close()
      session.close()
      expect(await peer.goaway()).toMatchObject({ lastStreamId: 1, code: ErrorCode.noError })
      peer.send(frame(headers, endHeaders, 3, request), frame(data, endStream, 3, 'x'), frame(data, 0, 1, 'y'))
      await peer.settle()
      expect(recorders.length).toBe(1)
      recorders[0]?.stream?.respond(okHeaders, Buffer.from('z'), okTrailers)
      expect((await peer.next(data)).payload.toString()).toBe('z')
      expect(await reason).toBeUndefined()
      await peer.closed()
      expect(peer.frames.some((each) => each.type === goaway)).toBe(false)
    })

    it('should end at once when nothing runs', async () => {
      const { peer, session, reason } = await serve()
      peer.send(clientOpening)
      await peer.settle()
      session.close()
      expect(await reason).toBeUndefined()
      await peer.closed()
    })

    it('should end when the client says goodbye', async () => {
      const { peer, reason, recorders } = await serveAnswers()
      peer.send(clientOpening, frame(headers, endHeaders, 1, request), frame(goaway, 0, 0, Buffer.alloc(8)))
      await peer.settle()
      peer.send(frame(data, endStream, 1, 'x'))
      expect((await peer.next(data)).payload.toString()).toBe('x')
      expect(await recorders[0]?.ended).toEqual({ code: 0, end: 'done' })
      expect(await reason).toBeUndefined()
    })

    it('should destroy at once, and tell the streams', async () => {
      const { peer, session, recorders, reason } = await serve()
      peer.send(clientOpening, frame(headers, endHeaders, 1, request))
      await peer.settle()
      session.destroy(ErrorCode.enhanceYourCalm, 'enough')
      session.destroy()
      expect(await reason).toMatchObject({ code: ErrorCode.enhanceYourCalm })
      expect(await recorders[0]?.ended).toEqual({ code: ErrorCode.enhanceYourCalm, end: 'connection' })
      expect(await peer.goaway()).toMatchObject({ code: ErrorCode.enhanceYourCalm, message: 'enough' })
      await peer.closed()
    })

    it('should do nothing for streams that are over', async () => {
      const { peer, recorders } = await serve()
      peer.send(clientOpening, frame(headers, endHeaders, 1, request))
      await peer.settle()
      const stream = recorders[0]?.stream
      stream?.reset()
      stream?.reset()
      stream?.sendHeaders(okHeaders, false)
      stream?.sendTrailers(okTrailers)
      stream?.respond(okHeaders, Buffer.of(1), okTrailers)
      expect(stream?.sendData(Buffer.of(1), true)).toBe(true)
      stream?.pause()
      stream?.resume()
      await peer.settle()
      expect(peer.frames.filter((each) => each.streamId === 1).map((each) => each.type)).toEqual([rstStream])
    })
  })

  describe('detach', () => {
    async function handOver(...chunks: Buffer[]): Promise<{ handover: Handover | undefined; peer: RawPeer }> {
      const [clientSocket, serverSocket] = await loopback.pair()
      const peer = new RawPeer(clientSocket)
      let handover: Handover | undefined
      const session = new ServerSession(
        serverSocket,
        {
          onStream() {
            handover = session.detach()
          },
          onClose() {},
        },
        { keepFirstBytes: true },
      )
      for (const chunk of chunks) session.receive(chunk)
      expect(serverSocket.eventNames()).not.toContain('data')
      serverSocket.end()
      await peer.closed()
      return { handover, peer }
    }

    const first = frame(headers, whole, 1, request)

    it('should hand over all that was received at once, with nothing said', async () => {
      const sent = Buffer.concat([clientOpening, frame(ping, 0, 0, '12345678'), first])
      const { handover, peer } = await handOver(sent)
      expect(handover).toEqual({
        answered: Buffer.alloc(0),
        unanswered: sent,
        settingsAnswered: 0,
        settingsSent: false,
      })
      expect(peer.frames).toEqual([])
    })

    it('should hand over what was answered without the pings, and say how many settings were', async () => {
      const { handover, peer } = await handOver(
        Buffer.concat([clientOpening, frame(ping, 0, 0, '12345678'), first.subarray(0, 3)]),
        Buffer.concat([first.subarray(3), frame(ping, 0, 0, '87654321')]),
      )
      expect(handover).toEqual({
        answered: Buffer.concat([clientOpening, first.subarray(0, 3)]),
        unanswered: Buffer.concat([first.subarray(3), frame(ping, 0, 0, '87654321')]),
        settingsAnswered: 1,
        settingsSent: true,
      })
      expect(peer.frames.map((each) => [each.type, each.flags])).toEqual([
        [FrameType.settings, 0],
        [FrameType.settings, ack],
        [ping, ack],
      ])
    })
  })
})
