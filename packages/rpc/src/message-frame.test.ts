import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameReader, frameOf } from './message-frame.ts'
import { StatusCode } from './status.ts'

/** Cuts bytes at the given places, taken modulo the length. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  const chunks: Buffer[] = []
  let from = 0
  for (const place of [...sorted, bytes.length]) {
    chunks.push(bytes.subarray(from, place))
    from = place
  }
  return chunks
}

describe('FrameReader', () => {
  it('gives the messages back, however they are cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
    fc.assert(
      fc.property(messages, fc.array(fc.nat(), { maxLength: 30 }), (sent, places) => {
        const reader = new FrameReader(100)
        const received: Buffer[] = []
        for (const chunk of cut(Buffer.concat(sent.map(frameOf)), places)) {
          reader.push(chunk)
          for (let message = reader.next(); message; message = reader.next()) received.push(Buffer.from(message))
        }
        expect(received).toEqual(sent.map((message) => Buffer.from(message)))
        expect(reader.truncated).toBe(false)
        expect(reader.bufferedBytes).toBe(0)
      }),
    )
  })

  it('holds what was not taken', () => {
    const reader = new FrameReader(100)
    reader.push(Buffer.concat([frameOf(Buffer.from('one')), frameOf(Buffer.from('two'))]))
    expect(Buffer.from(reader.next() ?? []).toString()).toBe('one')
    reader.push(frameOf(Buffer.from('three')))
    expect(Buffer.from(reader.next() ?? []).toString()).toBe('two')
    expect(Buffer.from(reader.next() ?? []).toString()).toBe('three')
    expect(reader.next()).toBeUndefined()
  })

  it('does not copy a message that came in one chunk', () => {
    const reader = new FrameReader(100)
    const frame = Buffer.from(frameOf(Buffer.from('abc')))
    reader.push(frame)
    expect(reader.next()?.buffer).toBe(frame.buffer)
  })

  it('knows a truncated message from an ended one', () => {
    const reader = new FrameReader(100)
    reader.push(Buffer.from([0, 0]))
    expect(reader.next()).toBeUndefined()
    expect(reader.truncated).toBe(true)
    reader.push(Buffer.from([0, 0, 2, 7]))
    expect(reader.next()).toBeUndefined()
    expect(reader.truncated).toBe(true)
    reader.push(Buffer.from([8]))
    expect(reader.next()).toEqual(Buffer.from([7, 8]))
    expect(reader.truncated).toBe(false)
  })

  it('refuses a message over the limit by its header alone', () => {
    const reader = new FrameReader(2_097_152)
    reader.push(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))
    expect(() => reader.next()).toThrow(
      expect.objectContaining({
        code: StatusCode.RESOURCE_EXHAUSTED,
        message: 'grpc: received message larger than max (4294967295 vs. 2097152)',
      }),
    )
  })

  it('refuses an unknown flag', () => {
    const reader = new FrameReader(100)
    reader.push(Buffer.from([2, 0, 0, 0, 0]))
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: StatusCode.INTERNAL }))
  })
})
