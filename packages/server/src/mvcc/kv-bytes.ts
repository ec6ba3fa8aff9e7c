import { asBuffer } from '@waypost/protocol'
import { Cursor, varintSize, writeVarint } from './varint.ts'

/**
 * Light access to marshalled `mvccpb.KeyValue` messages. The store writes them with their fields in the order of
 * their numbers and without the fields that are zero, as protobuf encoders do; what reads them here relies on that.
 */
const tags = { key: 0x0a, createRevision: 0x10, modRevision: 0x18, version: 0x20, value: 0x2a, lease: 0x30 } as const

export interface KvFields {
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  /** Where the value field starts, its tag included, and ends; equal when the value is empty. */
  readonly valueFieldStart: number
  readonly valueFieldEnd: number
  readonly valueStart: number
  readonly lease: bigint
}

export function encodeKeyValue(
  key: Uint8Array,
  createRevision: number,
  modRevision: number,
  version: number,
  value: Uint8Array,
  lease: bigint,
): Buffer {
  const unsignedLease = lease < 0n ? BigInt.asUintN(64, lease) : lease
  let size = sizeWithoutValue(key.length, createRevision, modRevision, version, lease)
  if (value.length > 0) size += 1 + varintSize(value.length) + value.length
  const bytes = Buffer.allocUnsafe(size)
  let position = writeDelimited(bytes, 0, tags.key, key)
  bytes[position++] = tags.createRevision
  position = writeVarint(bytes, position, createRevision)
  bytes[position++] = tags.modRevision
  position = writeVarint(bytes, position, modRevision)
  bytes[position++] = tags.version
  position = writeVarint(bytes, position, version)
  if (value.length > 0) position = writeDelimited(bytes, position, tags.value, value)
  if (lease !== 0n) {
    bytes[position++] = tags.lease
    let rest = unsignedLease
    while (rest >= 0x80n) {
      bytes[position++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    bytes[position++] = Number(rest)
  }
  return bytes
}

/** The length of a message whose value is left out. */
export function sizeWithoutValue(
  keyBytes: number,
  createRevision: number,
  modRevision: number,
  version: number,
  lease: bigint,
): number {
  const size = 1 + varintSize(keyBytes) + keyBytes
  const revisions = 3 + varintSize(createRevision) + varintSize(modRevision) + varintSize(version)
  return size + revisions + (lease === 0n ? 0 : 1 + bigVarintSize(BigInt.asUintN(64, lease)))
}

/** A tombstone holds its key and nothing else. */
export function encodeTombstone(key: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + varintSize(key.length) + key.length)
  writeDelimited(bytes, 0, tags.key, key)
  return bytes
}

/** What a DELETE event carries: the tombstone's key and the revision of the deletion. */
export function tombstoneEventKv(tombstone: Uint8Array, modRevision: number): Buffer {
  const bytes = Buffer.allocUnsafe(tombstone.length + 1 + varintSize(modRevision))
  bytes.set(tombstone)
  bytes[tombstone.length] = tags.modRevision
  writeVarint(bytes, tombstone.length + 1, modRevision)
  return bytes
}

/** The key as a latin1 string. */
export function keyOf(kv: Uint8Array): string {
  const cursor = new Cursor(kv)
  if (kv[0] !== tags.key) return ''
  cursor.position = 1
  const length = cursor.varint()
  return asBuffer(kv).toString('latin1', cursor.position, cursor.position + length)
}

export function readFields(kv: Uint8Array): KvFields {
  const cursor = new Cursor(kv)
  if (kv[0] === tags.key) {
    cursor.position = 1
    const keyLength = cursor.varint()
    cursor.position += keyLength
  }
  const createRevision = cursor.field(tags.createRevision)
  const modRevision = cursor.field(tags.modRevision)
  const version = cursor.field(tags.version)
  const valueFieldStart = cursor.position
  const valueLength = cursor.field(tags.value)
  const valueStart = cursor.position
  const valueFieldEnd = valueStart + valueLength
  cursor.position = valueFieldEnd
  const lease = cursor.int64Field(tags.lease)
  return { createRevision, modRevision, version, valueFieldStart, valueFieldEnd, valueStart, lease }
}

export function valueBytes(kv: Uint8Array): Uint8Array {
  const { valueStart, valueFieldEnd } = readFields(kv)
  return kv.subarray(valueStart, valueFieldEnd)
}

/** What the index keeps of a message. One reader reads many, so that a start makes no object for each. */
export class KvHead {
  readonly #cursor = new Cursor(Buffer.alloc(0))
  /** Where the key is in the bytes that were read. */
  keyStart = 0
  keyEnd = 0
  createRevision = 0
  version = 0
  lease = 0n

  /** Reads the message between `start` and `end`. */
  read(bytes: Buffer, start: number, end: number): void {
    const cursor = this.#cursor
    cursor.reset(bytes, start, end)
    const keyBytes = cursor.field(tags.key)
    this.keyStart = cursor.position
    cursor.position += keyBytes
    this.keyEnd = cursor.position
    this.createRevision = cursor.field(tags.createRevision)
    cursor.field(tags.modRevision)
    this.version = cursor.field(tags.version)
    const valueBytes = cursor.field(tags.value)
    cursor.position += valueBytes
    this.lease = cursor.int64Field(tags.lease)
  }
}

/** The same message without its value; key, revisions, version and lease stay. */
export function withoutValue(kv: Uint8Array): Uint8Array {
  const { valueFieldStart, valueFieldEnd } = readFields(kv)
  if (valueFieldStart === valueFieldEnd) return kv
  const bytes = Buffer.allocUnsafe(kv.length - (valueFieldEnd - valueFieldStart))
  bytes.set(kv.subarray(0, valueFieldStart))
  bytes.set(kv.subarray(valueFieldEnd), valueFieldStart)
  return bytes
}

/** Key, revisions and version alone. */
export function withoutValueAndLease(kv: Uint8Array): Uint8Array {
  return kv.subarray(0, readFields(kv).valueFieldStart)
}

function bigVarintSize(value: bigint): number {
  let size = 1
  for (let rest = value; rest >= 0x80n; rest >>= 7n) size += 1
  return size
}

function writeDelimited(bytes: Uint8Array, start: number, tag: number, content: Uint8Array): number {
  bytes[start] = tag
  const position = writeVarint(bytes, start + 1, content.length)
  bytes.set(content, position)
  return position + content.length
}
