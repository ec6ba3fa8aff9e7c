import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { FakeClock } from '@waypost/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientSession } from './client-session.ts'
import type { Http2Error } from './error-code.ts'
import { ErrorCode } from './error-code.ts'
import { FrameFlag, FrameType } from './frame.ts'
import { clientOpening, frame, settings, uint32 } from './raw-peer.test-support.ts'
import { okHeaders, okTrailers, Recorder, requestBlock } from './recorder.test-support.ts'
import { ServerSession } from './server-session.ts'

/** A socket that takes everything and says nothing; what arrives is put in by hand. */
class Sink extends Duplex {
  written = 0

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.written += chunk.length
    callback()
  }
}

const options = {
  maxConcurrentStreams: 5,
  maxHeaderBytes: 2048,
  maxFrameBytes: 16_384,
  streamWindowBytes: 2000,
  connectionWindowBytes: 65_535,
  inputSliceMs: Number.POSITIVE_INFINITY,
}

const blocks = [
  requestBlock(),
  okHeaders,
  okTrailers,
  Buffer.from('828684be', 'hex'),
  Buffer.from('400161016282', 'hex'),
]
const streamId = fc.oneof(fc.constantFrom(0, 1, 3, 5, 7, 9, 2), fc.nat(0xffff_ffff))
const flags = fc.oneof(fc.constantFrom(0, 1, 4, 5, 8, 9, 0x0d, 0x20, 0x25), fc.nat(255))
const block = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...blocks) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
)
const number = fc.oneof(fc.constantFrom(0, 1, 8, 100, 65_535, 2 ** 31 - 1), fc.nat(0xffff_ffff)).map(uint32)

/** Frames that make sense or nearly do. */
const plausible = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(flags, streamId, block).map(([f, id, b]) => frame(FrameType.headers, f, id, b)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(flags, streamId, fc.uint8Array({ maxLength: 300 }))
      .map(([f, id, bytes]) => frame(FrameType.data, f, id, bytes)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(flags, streamId, block).map(([f, id, b]) => frame(FrameType.continuation, f, id, b)),
  },
  { weight: 3, arbitrary: fc.tuple(streamId, number).map(([id, n]) => frame(FrameType.windowUpdate, 0, id, n)) },
  { weight: 2, arbitrary: fc.tuple(streamId, number).map(([id, n]) => frame(FrameType.rstStream, 0, id, n)) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(fc.nat(8), fc.constantFrom(0, 1, 100, 16_384, 65_535, 2 ** 31 - 1, 2 ** 32 - 1)), {
        maxLength: 4,
      })
      .map((pairs) => frame(FrameType.settings, 0, 0, settings(...pairs))),
  },
  { weight: 1, arbitrary: fc.constant(frame(FrameType.settings, FrameFlag.ack)) },
  { weight: 1, arbitrary: fc.tuple(flags, fc.constant('12345678')).map(([f, p]) => frame(FrameType.ping, f, 0, p)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(number, number)
      .map(([last, code]) => frame(FrameType.goaway, 0, 0, Buffer.concat([last, code]))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(255), flags, streamId, fc.uint8Array({ maxLength: 30 }))
      .map(([type, f, id, bytes]) => frame(type, f, id, bytes)),
  },
)

interface Noise {
  readonly frames: Buffer[]
  readonly flips: readonly (readonly [place: number, value: number])[]
  readonly chunkBytes: number
}

const noise: fc.Arbitrary<Noise> = fc.record({
  frames: fc.array(plausible, { maxLength: 30 }),
  flips: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 3 }) },
  ),
  chunkBytes: fc.integer({ min: 1, max: 400 }),
})

/** Puts the bytes into a session, piece by piece; whatever it throws is a defect. */
function feed(session: { receive(chunk: Buffer): void }, opening: Buffer, { frames, flips, chunkBytes }: Noise): void {
  const bytes = Buffer.concat(frames)
  for (const [place, value] of flips) if (bytes.length > 0) bytes[place % bytes.length] = value
  session.receive(opening)
  for (let at = 0; at < bytes.length; at += chunkBytes)
    session.receive(Buffer.from(bytes.subarray(at, at + chunkBytes)))
}

/** The socket side of a session needs a `Socket`; of it, sessions use what `Duplex` has. */
function socketOf(sink: Sink): Socket {
  return sink as unknown as Socket
}

function expectNoDefect(reason: Http2Error | undefined): void {
  // A handler or the session itself that throws something else is told as an internal error.
  expect(
    reason?.code === ErrorCode.internalError && reason.cause !== undefined ? reason.cause : undefined,
  ).toBeUndefined()
}

const runs = { numRuns: Number(process.env.WAYPOST_FUZZ_RUNS ?? 2000) }

describe('a session that receives noise', () => {
  it('should never throw nor leak a stream, as a server', () => {
    fc.assert(
      fc.property(noise, (input) => {
        const clock = new FakeClock()
        const sink = new Sink()
        const recorders: Recorder[] = []
        let closes = 0
        let reason: Http2Error | undefined
        const session = new ServerSession(
          socketOf(sink),
          {
            onStream(stream, _headers, endStream) {
              const recorder = new Recorder()
              stream.handler = recorder
              recorders.push(recorder)
              const answer = (): void => stream.respond(okHeaders, Buffer.alloc(700), okTrailers)
              if (endStream) answer()
              else if (stream.id % 3 === 0) recorder.onEndStream = answer
              else if (stream.id % 3 === 1) recorder.onChunk = (chunk) => stream.sendData(Buffer.from(chunk), false)
              else stream.pause()
            },
            onClose(error) {
              closes += 1
              reason = error
            },
          },
          { ...options, clock },
        )
        feed(session, clientOpening, input)
        expectNoDefect(reason)
        expect(session.openStreams).toBeLessThanOrEqual(5)
        session.destroy()
        expect(closes).toBe(1)
        expect(session.openStreams).toBe(0)
        expect(recorders.every((each) => each.closes === 1)).toBe(true)
        sink.emit('close')
        expect(clock.pendingTimers).toBe(0)
      }),
      runs,
    )
  })

  it('should never throw nor leak a stream, as a client', () => {
    fc.assert(
      fc.property(noise, (input) => {
        const clock = new FakeClock()
        const sink = new Sink()
        let closes = 0
        let reason: Http2Error | undefined
        const session = new ClientSession(
          socketOf(sink),
          {
            onReady() {},
            onGoaway() {},
            onClose(error) {
              closes += 1
              reason = error
            },
          },
          { ...options, clock },
        )
        const recorders = [1, 2, 3, 4].map((number) => {
          const recorder = new Recorder()
          const stream = session.request(requestBlock(), false, recorder)
          stream?.sendData(Buffer.alloc(number * 100), number % 2 === 0)
          return recorder
        })
        feed(session, frame(FrameType.settings, 0, 0, settings([3, 3])), input)
        expectNoDefect(reason)
        session.destroy()
        expect(closes).toBe(1)
        expect([session.openStreams, session.waitingStreams]).toEqual([0, 0])
        expect(recorders.every((each) => each.closes === 1)).toBe(true)
        sink.emit('close')
        expect(clock.pendingTimers).toBe(0)
      }),
      runs,
    )
  })

  it('should tell the same however what it receives is cut', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 50 }), (input, chunkBytes) => {
        const tell = (bytes: number): unknown => {
          const events: string[] = []
          const session = new ServerSession(
            socketOf(new Sink()),
            {
              onStream(stream, headers, endStream) {
                events.push(`stream ${stream.id} ${headers.kind} ${endStream}`)
                const recorder = new Recorder()
                stream.handler = recorder
                recorder.onEndStream = () => events.push(`end ${stream.id} ${recorder.content.length}`)
                const close = recorder.streamClosed.bind(recorder)
                recorder.streamClosed = (code, end) => {
                  events.push(`close ${stream.id} ${code} ${end}`)
                  close(code, end)
                }
              },
              onClose: (reason) => events.push(`over ${reason?.code} ${reason?.message}`),
            },
            { ...options, clock: new FakeClock() },
          )
          // A goodbye ends an idle session when the piece that brought it has been read.
          const frames = input.frames.filter((each) => each[3] !== FrameType.goaway)
          feed(session, clientOpening, { frames, flips: [], chunkBytes: bytes })
          session.destroy()
          return events
        }
        expect(tell(chunkBytes)).toEqual(tell(1_000_000))
      }),
      { numRuns: 500 },
    )
  })
})
