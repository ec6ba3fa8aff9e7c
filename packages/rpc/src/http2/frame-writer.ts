import { FrameFlag, FrameType, frameHeaderBytes, writeFrameHeader, writeUint32 } from './frame.ts'
import type { HeaderBlock } from './header-block.ts'
import type { Output } from './output.ts'

/** Writes a header block, in as many frames as the peer's limit asks for. */
export function writeHeaders(
  output: Output,
  streamId: number,
  block: HeaderBlock,
  endStream: boolean,
  maxFrameBytes: number,
): void {
  const endFlag = endStream ? FrameFlag.endStream : 0
  if (block.length <= maxFrameBytes) {
    const target = output.reserve(frameHeaderBytes + block.length)
    const at = output.reservedAt
    writeFrameHeader(target, at, block.length, FrameType.headers, FrameFlag.endHeaders | endFlag, streamId)
    target.set(block, at + frameHeaderBytes)
    return
  }
  for (let start = 0; start < block.length; start += maxFrameBytes) {
    const part = block.subarray(start, start + maxFrameBytes)
    const isLast = start + maxFrameBytes >= block.length
    const flags = (isLast ? FrameFlag.endHeaders : 0) | (start === 0 ? endFlag : 0)
    writeFrame(output, start === 0 ? FrameType.headers : FrameType.continuation, flags, streamId, part)
  }
}

export function writeDataHeader(output: Output, streamId: number, length: number, endStream: boolean): void {
  const target = output.reserve(frameHeaderBytes)
  const flags = endStream ? FrameFlag.endStream : 0
  writeFrameHeader(target, output.reservedAt, length, FrameType.data, flags, streamId)
}

/** Writes a whole answer: HEADERS, one DATA frame and trailers. */
export function writeAnswer(
  output: Output,
  streamId: number,
  headers: HeaderBlock,
  content: Uint8Array,
  trailers: HeaderBlock,
): void {
  const before = frameHeaderBytes + headers.length + frameHeaderBytes
  const after = frameHeaderBytes + trailers.length
  const copied = content.length <= maxCopiedBytes
  const target = output.reserve(copied ? before + content.length + after : before)
  let at = output.reservedAt
  writeFrameHeader(target, at, headers.length, FrameType.headers, FrameFlag.endHeaders, streamId)
  target.set(headers, at + frameHeaderBytes)
  at += frameHeaderBytes + headers.length
  writeFrameHeader(target, at, content.length, FrameType.data, 0, streamId)
  at += frameHeaderBytes
  if (copied) {
    target.set(content, at)
    writeTrailersAt(target, at + content.length, streamId, trailers)
    return
  }
  output.append(content)
  writeTrailersAt(output.reserve(after), output.reservedAt, streamId, trailers)
}

const maxCopiedBytes = 2048

function writeTrailersAt(target: Uint8Array, at: number, streamId: number, trailers: HeaderBlock): void {
  const flags = FrameFlag.endHeaders | FrameFlag.endStream
  writeFrameHeader(target, at, trailers.length, FrameType.headers, flags, streamId)
  target.set(trailers, at + frameHeaderBytes)
}

export function writeReset(output: Output, streamId: number, code: number): void {
  writeNumberFrame(output, FrameType.rstStream, streamId, code)
}

/** @param streamId 0 for the connection's window */
export function writeWindowUpdate(output: Output, streamId: number, increment: number): void {
  writeNumberFrame(output, FrameType.windowUpdate, streamId, increment)
}

/** @param settings pairs of identifier and value */
export function writeSettings(output: Output, settings: readonly (readonly [id: number, value: number])[]): void {
  const payload = Buffer.alloc(settings.length * 6)
  for (const [index, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, index * 6)
    payload.writeUInt32BE(value, index * 6 + 2)
  }
  writeFrame(output, FrameType.settings, 0, 0, payload)
}

export function writeSettingsAck(output: Output): void {
  writeFrameHeader(output.reserve(frameHeaderBytes), output.reservedAt, 0, FrameType.settings, FrameFlag.ack, 0)
}

/** @param opaque eight bytes */
export function writePing(output: Output, ack: boolean, opaque: Uint8Array): void {
  writeFrame(output, FrameType.ping, ack ? FrameFlag.ack : 0, 0, opaque)
}

export function writeGoaway(output: Output, lastStreamId: number, code: number, message: string): void {
  const payload = Buffer.alloc(8 + Buffer.byteLength(message))
  writeUint32(payload, 0, lastStreamId)
  writeUint32(payload, 4, code)
  payload.write(message, 8)
  writeFrame(output, FrameType.goaway, 0, 0, payload)
}

function writeNumberFrame(output: Output, type: number, streamId: number, value: number): void {
  const target = output.reserve(frameHeaderBytes + 4)
  const at = output.reservedAt
  writeFrameHeader(target, at, 4, type, 0, streamId)
  writeUint32(target, at + frameHeaderBytes, value)
}

function writeFrame(output: Output, type: number, flags: number, streamId: number, payload: Uint8Array): void {
  const target = output.reserve(frameHeaderBytes)
  writeFrameHeader(target, output.reservedAt, payload.length, type, flags, streamId)
  if (payload.length > 0) output.append(payload)
}
