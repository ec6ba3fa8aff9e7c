import { crc32 } from './crc32.ts'
import type { RevisionRecord } from './storage.ts'

/**
 * The checksums behind each record in the tree, so that a record that was read is known to be the one that was written.
 * Checksums are CRC-32 and start from a number made of the record's key: a record under a key that is not its own
 * does not check either. Numbers are big endian.
 *
 * - A revision: the checksum of its message without the value field (4), the checksum of all of it (4). With the first
 *   one the key of a record can still be trusted when its value is damaged.
 * - A lease or an entry: the checksum of its value (4).
 */
export const revisionChecksumBytes = 8
export const entryChecksumBytes = 4

/** A 32-bit number that differs for each revision of a store, and in about half of its bits for neighbours. */
export function revisionSeed(main: number, sub: number, tombstone: boolean): number {
  let seed = Math.imul(main | 0, 0x9e3779b1) ^ Math.imul(Math.floor(main / 2 ** 32) + 1, 0x85ebca6b)
  seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) ^ Math.imul(sub | 0, 0xc2b2ae35)
  seed = Math.imul(seed ^ (seed >>> 13), 0x297a2d39) + (tombstone ? 0x27d4eb2f : 0)
  return (seed ^ (seed >>> 16)) >>> 0
}

/** Writes the record's message and its checksums to `target` from `at` on; returns where they end. */
export function writeChecked(target: Buffer, at: number, { main, sub, tombstone, kv }: RevisionRecord): number {
  target.set(kv, at)
  const seed = revisionSeed(main, sub, tombstone)
  const end = at + kv.length
  target.writeUInt32BE(headChecksum(target, at, end, seed), end)
  target.writeUInt32BE(crc32(target, at, end, seed), end + 4)
  return end + revisionChecksumBytes
}

/**
 * Where the message of a stored revision ends, when it is the one that was written; −1 when it is damaged.
 *
 * @param end of the stored bytes, checksums included
 */
export function checkedEnd(bytes: Buffer, start: number, end: number, seed: number): number {
  const messageEnd = end - revisionChecksumBytes
  if (messageEnd < start) return -1
  return crc32(bytes, start, messageEnd, seed) === bytes.readUInt32BE(messageEnd + 4) ? messageEnd : -1
}

/** Whether everything but the value of a damaged revision is what was written. */
export function isHeadIntact(bytes: Buffer, start: number, end: number, seed: number): boolean {
  const messageEnd = end - revisionChecksumBytes
  return messageEnd >= start && headChecksum(bytes, start, messageEnd, seed) === bytes.readUInt32BE(messageEnd)
}

/** The key in a message whose head is intact. */
export function keyInMessage(bytes: Buffer, start: number, end: number): Buffer {
  if (bytes[start] !== tags.key) return Buffer.alloc(0)
  const keyStart = varintEnd(bytes, start + 1, end)
  return Buffer.from(bytes.subarray(keyStart, lengthDelimitedEnd(bytes, start, end)))
}

/** The value of a lease or an entry with its checksum behind it. */
export function withChecksum(name: Uint8Array, value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(value.length + entryChecksumBytes)
  bytes.set(value)
  bytes.writeUInt32BE(entryChecksum(name, value), value.length)
  return bytes
}

/** The value without its checksum; undefined when it is not what was written. */
export function checkedValue(name: Uint8Array, stored: Buffer): Buffer | undefined {
  if (stored.length < entryChecksumBytes) return undefined
  const value = stored.subarray(0, stored.length - entryChecksumBytes)
  return entryChecksum(name, value) === stored.readUInt32BE(value.length) ? value : undefined
}

export function entryChecksum(name: Uint8Array, value: Uint8Array): number {
  return crc32(value, 0, value.length, crc32(name, 0, name.length, 0))
}

const tags = { key: 0x0a, createRevision: 0x10, modRevision: 0x18, version: 0x20, value: 0x2a } as const

/** Of the message before its value field and after it. Field numbers from the public kv.proto. */
function headChecksum(bytes: Buffer, start: number, end: number, seed: number): number {
  let at = start
  if (bytes[at] === tags.key) at = lengthDelimitedEnd(bytes, at, end)
  for (const tag of [tags.createRevision, tags.modRevision, tags.version])
    if (at < end && bytes[at] === tag) at = varintEnd(bytes, at + 1, end)
  // Where a damaged length points beyond the message, all that is left counts as the value.
  const valueEnd = at < end && bytes[at] === tags.value ? Math.min(end, lengthDelimitedEnd(bytes, at, end)) : at
  return crc32(bytes, valueEnd, end, crc32(bytes, start, Math.min(at, end), seed))
}

function varintEnd(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] as number) >= 0x80) at += 1
  return at + 1
}

function lengthDelimitedEnd(bytes: Buffer, start: number, end: number): number {
  const dataStart = varintEnd(bytes, start + 1, end)
  let length = 0
  for (let at = Math.min(dataStart, end) - 1; at > start; at--) length = length * 128 + ((bytes[at] as number) & 0x7f)
  return dataStart + length
}
