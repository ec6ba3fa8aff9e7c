import type { Socket } from 'node:net'
import { FakeClock } from '@waypost/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { ClientSession } from './client-session.ts'
import { ErrorCode, type Http2Error } from './error-code.ts'
import { clientPreface, FrameFlag, FrameType, readUint32 } from './frame.ts'
import { encodeHeaders } from './header-block.ts'
import type { Http2Options } from './limits.ts'
import { frame, Loopback, RawPeer, settings, uint32 } from './raw-peer.test-support.ts'
import { okHeaders, okTrailers, Recorder, requestBlock } from './recorder.test-support.ts'
import type { Http2Stream } from './stream.ts'

const { data, headers, rstStream, pushPromise, ping, goaway, windowUpdate } = FrameType
const { endStream, endHeaders, ack } = FrameFlag
const whole = endStream | endHeaders
const request = requestBlock()
const serverOpening = Buffer.concat([frame(FrameType.settings), frame(FrameType.settings, ack)])

let loopback = new Loopback()
afterEach(async () => {
  await loopback.close()
  loopback = new Loopback()
})

interface Connected {
  readonly peer: RawPeer
  readonly session: ClientSession
  readonly socket: Socket
  readonly ready: Promise<void>
  readonly goaways: number[]
  readonly reason: Promise<Http2Error | undefined>
}

/** A client session, and a raw server that has said nothing yet. */
async function connect(options: Http2Options = {}): Promise<Connected> {
  const [clientSocket, serverSocket] = await loopback.pair()
  const peer = new RawPeer(serverSocket, clientPreface.length)
  let close: (reason: Http2Error | undefined) => void = () => {}
  const reason = new Promise<Http2Error | undefined>((resolve) => {
    close = resolve
  })
  let onReady: () => void = () => {}
  const ready = new Promise<void>((resolve) => {
    onReady = resolve
  })
  const goaways: number[] = []
  const session = new ClientSession(
    clientSocket,
    { onReady, onGoaway: (lastStreamId) => goaways.push(lastStreamId), onClose: close },
    options,
  )
  return { peer, session, socket: clientSocket, ready, goaways, reason }
}

/** One whose server has said its settings. */
async function connectReady(options: Http2Options = {}, ...opening: Buffer[]): Promise<Connected> {
  const connected = await connect(options)
  connected.peer.send(...(opening.length > 0 ? opening : [serverOpening]))
  await connected.ready
  await connected.peer.next((each) => each.type === FrameType.settings && each.flags === ack)
  return connected
}

function open(session: ClientSession): { stream: Http2Stream; recorder: Recorder } {
  const recorder = new Recorder()
  const stream = session.request(request, false, recorder)
  if (stream === undefined) throw new Error('The session takes no streams.')
  return { stream, recorder }
}

describe('ClientSession', () => {
  it('should send a whole request at once', async () => {
    const { peer, session } = await connectReady()
    const { stream } = open(session)
    stream.sendData(Buffer.from('hello'), true)
    const first = await peer.next(headers)
    expect(first).toMatchObject({ flags: endHeaders, streamId: 1 })
    expect(first.payload.equals(request)).toBe(true)
    expect(await peer.next(data)).toMatchObject({ flags: endStream, streamId: 1, payload: Buffer.from('hello') })
    open(session)
    expect(await peer.next(headers)).toMatchObject({ streamId: 3 })
  })

  it('should begin with preface and settings, and allow no push', async () => {
    const { peer } = await connect({ streamWindowBytes: 2 ** 20, connectionWindowBytes: 2 ** 24 })
    const first = await peer.next(() => true)
    expect(first.type).toBe(FrameType.settings)
    expect(first.payload.toString('hex')).toContain(settings([2, 0], [4, 2 ** 20]).toString('hex'))
    expect(await peer.next(windowUpdate)).toMatchObject({ payload: uint32(2 ** 24 - 65_535) })
  })

  it('should read an answer', async () => {
    const { peer, session } = await connectReady()
    const { stream, recorder } = open(session)
    stream.sendData(Buffer.from('x'), true)
    peer.send(
      frame(headers, endHeaders, 1, encodeHeaders([[':status', '103']])),
      frame(headers, endHeaders, 1, okHeaders),
      frame(data, 0, 1, 'ab'),
      frame(data, 0, 1, 'cd'),
      frame(headers, whole, 1, okTrailers),
    )
    expect(await recorder.ended).toEqual({ code: 0, end: 'done' })
    expect(recorder.content.toString()).toBe('abcd')
    expect(recorder.headers).toEqual([{ ':status': '200', 'content-type': 'application/grpc' }, { 'grpc-status': '0' }])
    expect(session.openStreams).toBe(0)
  })

  it('should send nothing before the settings have come', async () => {
    const { peer, session } = await connect()
    const { stream } = open(session)
    expect([stream.id, session.waitingStreams]).toEqual([0, 1])
    stream.sendData(Buffer.from('early'), false)
    expect(stream.bufferedBytes).toBe(5)
    await peer.next(windowUpdate)
    peer.send(serverOpening)
    expect((await peer.next(headers)).streamId).toBe(1)
    expect((await peer.next(data)).payload.toString()).toBe('early')
    expect([stream.id, stream.bufferedBytes]).toEqual([1, 0])
  })

  it('should open no more streams than the server allows, and then in their order', async () => {
    const { peer, session } = await connectReady({}, frame(FrameType.settings, 0, 0, settings([3, 2])))
    const opened = [0, 1, 2, 3, 4].map(() => open(session))
    opened[3]?.stream.sendData(Buffer.from('three'), true)
    opened[2]?.stream.reset()
    expect(await opened[2]?.recorder.ended).toEqual({ code: ErrorCode.cancel, end: 'local' })
    expect(opened.map(({ stream }) => stream.id)).toEqual([1, 3, 0, 0, 0])
    expect(session.waitingStreams).toBe(2)
    peer.send(frame(rstStream, 0, 1, uint32(ErrorCode.refusedStream)))
    expect(await opened[0]?.recorder.ended).toEqual({ code: ErrorCode.refusedStream, end: 'peer' })
    expect((await peer.next((each) => each.streamId === 5)).type).toBe(headers)
    expect(await peer.next(data)).toMatchObject({ streamId: 5, flags: endStream })
    peer.send(frame(FrameType.settings, 0, 0, settings([3, 3])))
    expect((await peer.next((each) => each.streamId === 7)).type).toBe(headers)
    expect(session.waitingStreams).toBe(0)
    await peer.settle()
    expect(peer.frames.some((each) => each.type === rstStream)).toBe(false)
  })

  it('should end a request that says all in its headers, also when it has to wait', async () => {
    const { peer, session } = await connect()
    session.request(request, true, new Recorder())
    peer.send(serverOpening)
    expect(await peer.next(headers)).toMatchObject({ flags: whole, streamId: 1 })
    session.request(request, true, new Recorder())
    expect(await peer.next(headers)).toMatchObject({ flags: whole, streamId: 3 })
  })

  it('should cancel, and ignore what was on its way', async () => {
    const { peer, session } = await connectReady()
    const { stream, recorder } = open(session)
    await peer.next(headers)
    stream.reset()
    expect(await recorder.ended).toEqual({ code: ErrorCode.cancel, end: 'local' })
    expect(await peer.next(rstStream)).toMatchObject({ payload: uint32(ErrorCode.cancel) })
    peer.send(
      frame(headers, endHeaders, 1, okHeaders),
      frame(data, 0, 1, 'late'),
      frame(windowUpdate, 0, 1, uint32(1)),
      frame(headers, whole, 1, okTrailers),
    )
    await peer.settle()
    expect(recorder.headers).toEqual([])
    expect(session.isOver).toBe(false)
  })

  describe('GOAWAY', () => {
    const going = (lastStreamId: number, code = 0, words = ''): Buffer =>
      frame(goaway, 0, 0, Buffer.concat([uint32(lastStreamId), uint32(code), Buffer.from(words)]))

    it('should say which streams were not looked at, and let the others end', async () => {
      const { peer, session, goaways, reason } = await connectReady(
        {},
        frame(FrameType.settings, 0, 0, settings([3, 2])),
        frame(FrameType.settings, ack),
      )
      const [first, second, third] = [open(session), open(session), open(session)]
      peer.send(going(1))
      expect(await second.recorder.ended).toEqual({ code: ErrorCode.refusedStream, end: 'goaway' })
      expect(await third.recorder.ended).toEqual({ code: ErrorCode.refusedStream, end: 'goaway' })
      expect(third.stream.id).toBe(0)
      expect(goaways).toEqual([1])
      expect(session.isAvailable).toBe(false)
      expect(session.request(request, true, new Recorder())).toBeUndefined()
      first.stream.sendData(Buffer.of(1), true)
      peer.send(frame(headers, endHeaders, 1, okHeaders), frame(headers, whole, 1, okTrailers))
      expect(await first.recorder.ended).toEqual({ code: 0, end: 'done' })
      expect(await reason).toMatchObject({ code: ErrorCode.noError, byPeer: true })
      await peer.closed()
    })

    it('should let a server announce it before it says which streams are too many', async () => {
      const { peer, session, goaways } = await connectReady()
      const [first, second] = [open(session), open(session)]
      peer.send(going(2 ** 31 - 1))
      await peer.settle()
      expect([first.recorder.closes, second.recorder.closes]).toEqual([0, 0])
      peer.send(going(1))
      expect(await second.recorder.ended).toEqual({ code: ErrorCode.refusedStream, end: 'goaway' })
      expect(goaways).toEqual([2 ** 31 - 1, 1])
      expect(first.recorder.closes).toBe(0)
    })

    it('should pass on why', async () => {
      const { peer, session, reason } = await connectReady()
      const { recorder } = open(session)
      peer.send(going(1, ErrorCode.enhanceYourCalm, 'too_many_pings'))
      peer.socket.end()
      expect(await reason).toMatchObject({
        code: ErrorCode.enhanceYourCalm,
        byPeer: true,
        message: 'the server sent GOAWAY with HTTP/2 error ENHANCE_YOUR_CALM: too_many_pings',
      })
      expect(await recorder.ended).toEqual({ code: ErrorCode.enhanceYourCalm, end: 'connection' })
    })
  })

  it('should close when its streams are done', async () => {
    const { peer, session, reason } = await connectReady()
    const { stream, recorder } = open(session)
    stream.sendData(Buffer.of(1), true)
    session.close()
    expect(session.request(request, true, new Recorder())).toBeUndefined()
    expect(await peer.goaway()).toMatchObject({ code: 0 })
    peer.send(
      frame(
        headers,
        whole,
        1,
        encodeHeaders([
          [':status', '200'],
          ['grpc-status', '0'],
        ]),
      ),
    )
    expect(await recorder.ended).toEqual({ code: 0, end: 'done' })
    expect(await reason).toBeUndefined()
    await peer.closed()
  })

  it('should tell streams that the connection is lost, and those that wait that they were never sent', async () => {
    const { peer, session, reason } = await connectReady({}, frame(FrameType.settings, 0, 0, settings([3, 1])))
    const [first, second] = [open(session), open(session)]
    await peer.next(headers)
    peer.socket.destroy()
    expect(await first.recorder.ended).toMatchObject({ end: 'connection' })
    expect(await second.recorder.ended).toMatchObject({ end: 'connection' })
    expect([first.stream.id, second.stream.id]).toEqual([1, 0])
    expect(await reason).toMatchObject({ name: 'Http2Error' })
  })

  it('should end when no settings come', async () => {
    const clock = new FakeClock()
    const { socket, reason, peer } = await connect({ clock, settingsTimeoutMs: 3000, lingerMs: 10 })
    await peer.next(FrameType.settings)
    clock.advanceSync(3000)
    expect(await reason).toMatchObject({ code: ErrorCode.protocolError })
    clock.advanceSync(10)
    expect(socket.destroyed).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each<[what: string, code: number, frames: Buffer[]]>([
    ['HTTP/1.1', ErrorCode.protocolError, [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]],
    ['no settings first', ErrorCode.protocolError, [frame(ping, 0, 0, '12345678')]],
    ['ENABLE_PUSH = 1', ErrorCode.protocolError, [frame(FrameType.settings, 0, 0, settings([2, 1]))]],
    ['a pushed stream', ErrorCode.protocolError, [serverOpening, frame(pushPromise, endHeaders, 1, uint32(2))]],
    ['a stream of its own', ErrorCode.protocolError, [serverOpening, frame(headers, whole, 2, okHeaders)]],
    ['a stream that was never opened', ErrorCode.protocolError, [serverOpening, frame(headers, whole, 3, okHeaders)]],
    ['data for one', ErrorCode.protocolError, [serverOpening, frame(data, 0, 3, 'x')]],
  ])('should end a server that sends %s', async (_what, code, frames) => {
    const { peer, session, reason } = await connect({ maxFrameBytes: 16_384 })
    open(session)
    peer.send(...frames)
    expect((await peer.goaway()).code).toBe(frames[0]?.includes('HTTP') ? ErrorCode.protocolError : code)
    expect(await reason).toBeDefined()
    await peer.closed()
  })

  it.each<[what: string, code: number, frames: Buffer[]]>([
    ['data before headers', ErrorCode.protocolError, [frame(data, 0, 1, 'x')]],
    ['trailers before headers', ErrorCode.protocolError, [frame(headers, whole, 1, okTrailers)]],
    ['a request', ErrorCode.protocolError, [frame(headers, endHeaders, 1, request)]],
    [
      'an interim answer that ends',
      ErrorCode.protocolError,
      [frame(headers, whole, 1, encodeHeaders([[':status', '100']]))],
    ],
    [
      'headers twice',
      ErrorCode.protocolError,
      [frame(headers, endHeaders, 1, okHeaders), frame(headers, endHeaders, 1, okHeaders)],
    ],
    [
      'headers that are too large',
      ErrorCode.enhanceYourCalm,
      [
        frame(
          headers,
          endHeaders,
          1,
          encodeHeaders([
            [':status', '200'],
            ['a', 'x'.repeat(4050)],
          ]),
        ),
      ],
    ],
    ['data after the end', ErrorCode.streamClosed, [frame(headers, whole, 1, okHeaders), frame(data, 0, 1, 'x')]],
  ])('should reset a stream with %s, and no other', async (_what, code, frames) => {
    const { peer, session } = await connectReady({ maxHeaderBytes: 4096 })
    const [first, second] = [open(session), open(session)]
    peer.send(...frames)
    expect(await first.recorder.ended).toEqual({ code, end: 'local' })
    expect(readUint32((await peer.next(rstStream)).payload, 0)).toBe(code)
    expect(second.recorder.closes).toBe(0)
    expect(session.isOver).toBe(false)
  })
})
