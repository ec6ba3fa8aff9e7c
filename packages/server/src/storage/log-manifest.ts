import { crc32 } from 'node:zlib'
import { encodeCheckedJson, parseCheckedJson } from './checked-json.ts'

/** The file that lists the segments of the log. It is replaced as a whole or not at all. */
export const manifestName = 'MANIFEST'
/** The file that holds the index of the last acknowledged command. */
export const headName = 'HEAD'

export interface ListedSegment {
  readonly sequence: number
  /** As in the segment's header: a file of another log under the same name is noticed. */
  readonly salt: number
}

/**
 * What a log consists of. A segment is listed, durably, before anything is written to it, and taken off the list before
 * its file is removed. So every listed segment must be there, and every other file is a leftover.
 */
export interface LogManifest {
  /** The data directory that the log belongs to. */
  readonly directory: string
  /** The command before the first one of the first segment. */
  readonly after: number
  /** In order, without gaps. */
  readonly segments: readonly ListedSegment[]
}

export function encodeManifest({ directory, after, segments }: LogManifest): Buffer {
  return Buffer.from(
    encodeCheckedJson({ directory, after, segments: segments.map(({ sequence, salt }) => [sequence, salt]) }),
  )
}

/** Undefined when the bytes are no manifest. */
export function parseManifest(bytes: Buffer): LogManifest | undefined {
  const parsed = parseCheckedJson(bytes.toString())
  if (parsed === undefined || !parsed.hasChecksum) return undefined
  const { directory, after, segments } = parsed.content
  if (typeof directory !== 'string' || typeof after !== 'number' || !Array.isArray(segments)) return undefined
  const listed: ListedSegment[] = []
  for (const segment of segments) {
    const [sequence, salt]: unknown[] = Array.isArray(segment) ? segment : []
    if (typeof sequence !== 'number' || typeof salt !== 'number') return undefined
    listed.push({ sequence, salt })
  }
  return { directory, after, segments: listed }
}

const headMagic = Buffer.from('WPHEAD\x00\x01', 'latin1')
const headBytes = 32

/**
 * Magic (8), index of the last acknowledged command (8), checksum of the directory's id (4), zero (8), checksum of all
 * that (4). Written after each write of the log, and not synced: a crash of the process cannot take it back, and a loss of
 * power can only leave an older one, or none.
 */
export function encodeHead(directory: string, lastIndex: number, bytes: Buffer = Buffer.alloc(headBytes)): Buffer {
  bytes.set(headMagic)
  bytes.writeUInt32BE(Math.floor(lastIndex / 2 ** 32), 8)
  bytes.writeUInt32BE(lastIndex % 2 ** 32, 12)
  bytes.writeUInt32BE(crc32(directory), 16)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, headBytes - 4)), headBytes - 4)
  return bytes
}

/** The index of the last acknowledged command; undefined when the bytes do not say. */
export function parseHead(directory: string, bytes: Buffer): number | undefined {
  if (bytes.length !== headBytes || !bytes.subarray(0, headMagic.length).equals(headMagic)) return undefined
  if (bytes.readUInt32BE(headBytes - 4) !== crc32(bytes.subarray(0, headBytes - 4))) return undefined
  if (bytes.readUInt32BE(16) !== crc32(directory)) return undefined
  return bytes.readUInt32BE(8) * 2 ** 32 + bytes.readUInt32BE(12)
}
