import { crc32 } from 'node:zlib'

/**
 * A log is a row of segments: files of a fixed size, written ahead with zeros so that a sync need not touch the
 * file system's metadata. A segment starts with a header; frames follow, one for each synced write, aligned so that
 * a frame's header lies within one sector. Numbers are big endian.
 *
 * - Segment header: magic (8), sequence (8), size (4), salt (4), checksum of those (4).
 * - Frame header: magic (4), body length (4), commands (4), first index (8), checksum of the body (4), zero (4),
 *   checksum of those (4). The body holds, for each command, its length (4) and its bytes.
 *
 * Checksums are CRC-32 and start from the segment's salt, so that bytes that a user stores can never pass for a frame.
 */
export const sectorBytes = 512
export const segmentHeaderBytes = 512
export const frameHeaderBytes = 32
export const frameAlignment = 32

const segmentMagic = Buffer.from('WAYPOST\x01', 'latin1')
const frameMagic = 0x57504652
const frameMagicBytes = Buffer.from([0x57, 0x50, 0x46, 0x52])

export interface SegmentHeader {
  readonly sequence: number
  readonly size: number
  readonly salt: number
}

export interface FrameHeader {
  readonly bodyBytes: number
  readonly commands: number
  readonly firstIndex: number
  readonly bodyChecksum: number
}

export function segmentName(sequence: number): string {
  return `${String(sequence).padStart(16, '0')}.log`
}

/** Undefined for a name that no segment has. */
export function sequenceOf(name: string): number | undefined {
  return /^\d{16}\.log$/.test(name) ? Number.parseInt(name, 10) : undefined
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderBytes)
  bytes.set(segmentMagic)
  bytes.writeBigUInt64BE(BigInt(header.sequence), 8)
  bytes.writeUInt32BE(header.size, 16)
  bytes.writeUInt32BE(header.salt, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 24)), 24)
  return bytes
}

export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes || !bytes.subarray(0, 8).equals(segmentMagic)) return undefined
  if (crc32(bytes.subarray(0, 24)) !== bytes.readUInt32BE(24)) return undefined
  return {
    sequence: Number(bytes.readBigUInt64BE(8)),
    size: bytes.readUInt32BE(16),
    salt: bytes.readUInt32BE(20),
  }
}

/** The size of a frame with these commands, header and padding included. */
export function frameSize(commands: readonly Uint8Array[]): number {
  let size = frameHeaderBytes
  for (const command of commands) size += 4 + command.length
  return align(size)
}

export function align(size: number): number {
  return Math.ceil(size / frameAlignment) * frameAlignment
}

/** @param bytes of `frameSize(commands)`, whatever is in them */
export function encodeFrame(commands: readonly Uint8Array[], firstIndex: number, salt: number, bytes: Buffer): Buffer {
  let position = frameHeaderBytes
  for (const command of commands) {
    bytes.writeUInt32BE(command.length, position)
    bytes.set(command, position + 4)
    position += 4 + command.length
  }
  bytes.fill(0, position)
  bytes.writeUInt32BE(frameMagic, 0)
  bytes.writeUInt32BE(position - frameHeaderBytes, 4)
  bytes.writeUInt32BE(commands.length, 8)
  bytes.writeUInt32BE(Math.floor(firstIndex / 2 ** 32), 12)
  bytes.writeUInt32BE(firstIndex % 2 ** 32, 16)
  bytes.writeUInt32BE(crc32(bytes.subarray(frameHeaderBytes, position), salt), 20)
  bytes.writeUInt32BE(0, 24)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 28), salt), 28)
  return bytes
}

/** Undefined when the bytes at `position` are no frame header. */
export function decodeFrameHeader(segment: Buffer, position: number, salt: number): FrameHeader | undefined {
  if (position + frameHeaderBytes > segment.length || segment.readUInt32BE(position) !== frameMagic) return undefined
  const checksum = crc32(segment.subarray(position, position + 28), salt)
  if (checksum !== segment.readUInt32BE(position + 28)) return undefined
  return {
    bodyBytes: segment.readUInt32BE(position + 4),
    commands: segment.readUInt32BE(position + 8),
    firstIndex: segment.readUInt32BE(position + 12) * 2 ** 32 + segment.readUInt32BE(position + 16),
    bodyChecksum: segment.readUInt32BE(position + 20),
  }
}

export function isBodyIntact(body: Buffer, header: FrameHeader, salt: number): boolean {
  return body.length === header.bodyBytes && crc32(body, salt) === header.bodyChecksum
}

/** The commands of an intact body, as views of it. */
export function* commandsOf(body: Buffer): Generator<Buffer> {
  for (let position = 0; position < body.length; ) {
    const length = body.readUInt32BE(position)
    yield body.subarray(position + 4, position + 4 + length)
    position += 4 + length
  }
}

/** Whether a frame header lies anywhere from `position` on. */
export function hasFrameFrom(segment: Buffer, position: number, salt: number): boolean {
  for (let at = segment.indexOf(frameMagicBytes, position); at >= 0; at = segment.indexOf(frameMagicBytes, at + 1)) {
    if (at % frameAlignment === 0 && decodeFrameHeader(segment, at, salt) !== undefined) return true
  }
  return false
}
