import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameFlag, FrameType } from './frame.ts'
import { FrameParser, type FrameSink } from './frame-parser.ts'
import { frame } from './raw-peer.test-support.ts'

/** Notes what a parser finds, with the pieces of one DATA frame put together again. */
class Notes implements FrameSink {
  readonly isDeaf = false
  readonly mustYield = false
  readonly found: string[] = []
  #content = ''
  #flowBytes = 0

  checkFrame(): void {}

  onBadPadding(): never {
    throw new Error('bad padding')
  }

  onData(id: number, flags: number, flowBytes: number, chunk: Buffer, start: number, end: number, last: boolean): void {
    this.#content += chunk.toString('hex', start, end)
    this.#flowBytes += flowBytes
    if (!last) return
    this.found.push(`data ${id} ${flags} ${this.#flowBytes} ${this.#content}`)
    this.#content = ''
    this.#flowBytes = 0
  }

  onFrame(type: number, flags: number, id: number, chunk: Buffer, start: number, end: number): void {
    this.found.push(`${type} ${id} ${flags} ${chunk.toString('hex', start, end)}`)
  }
}

function parse(bytes: Buffer, cuts: readonly number[]): string[] {
  const notes = new Notes()
  const parser = new FrameParser(notes)
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length]
  for (const [index, from] of places.entries()) parser.push(Buffer.from(bytes.subarray(from, places[index + 1])))
  return notes.found
}

const plainFrame = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.nat(0xff), fc.nat(0x7fff_ffff), fc.uint8Array({ maxLength: 40 }))
  .map(([type, flags, id, payload]) =>
    frame(type, type === FrameType.data ? flags & ~FrameFlag.padded : flags, id, payload),
  )

const paddedFrame = fc
  .tuple(fc.nat(1), fc.nat(0xffff), fc.uint8Array({ maxLength: 20 }), fc.nat(20))
  .map(([end, id, content, padding]) =>
    frame(
      FrameType.data,
      FrameFlag.padded | end,
      id,
      Buffer.concat([Buffer.of(padding), content, Buffer.alloc(padding)]),
    ),
  )

describe('FrameParser', () => {
  it('should find the same frames however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(plainFrame, paddedFrame), { maxLength: 12 }),
        fc.array(fc.nat(10_000), { maxLength: 30 }),
        (frames, places) => {
          const bytes = Buffer.concat(frames)
          const cuts = places.map((place) => place % (bytes.length + 1))
          const whole = parse(bytes, [])
          expect(parse(bytes, cuts)).toEqual(whole)
          const known = frames.filter((each) => (each[3] ?? 0) <= FrameType.continuation)
          expect(whole.length).toBe(known.length)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('should find them byte by byte', () => {
    const bytes = Buffer.concat([
      frame(FrameType.headers, 5, 1, 'block'),
      frame(FrameType.data, FrameFlag.padded | 1, 1, '\x02helloxx'),
      frame(0xbe, 0, 0, 'nothing'),
      frame(FrameType.data, 1, 3),
    ])
    const everywhere = Array.from({ length: bytes.length }, (_, index) => index)
    expect(parse(bytes, everywhere)).toEqual([
      `1 1 5 ${Buffer.from('block').toString('hex')}`,
      `data 1 9 8 ${Buffer.from('hello').toString('hex')}`,
      'data 3 1 0 ',
    ])
  })

  it('should pass data on as it comes', () => {
    const pieces: string[] = []
    const notes = new Notes()
    notes.onData = (_id, _flags, _flow, chunk, start, end, last) => {
      pieces.push(`${chunk.toString('latin1', start, end)}${last ? '.' : ''}`)
    }
    const parser = new FrameParser(notes)
    const bytes = frame(FrameType.data, 0, 1, 'abcdef')
    for (const cut of [0, 11, 13]) parser.push(Buffer.from(bytes.subarray(cut, { 0: 11, 11: 13 }[cut])))
    expect(pieces).toEqual(['ab', 'cd', 'ef.'])
  })
})
