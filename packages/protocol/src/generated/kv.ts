// Generated from proto/kv.proto by `npm run generate`. Do not edit.

import type { MessageCodec } from '@waypost/rpc'
import { noBytes, Reader } from '../wire/reader.ts'
import { sizeOfDelimited, sizeOfInt32, sizeOfInt64, Writer } from '../wire/writer.ts'

export const Event_EventType = {
  PUT: 0,
  DELETE: 1,
} as const
export type Event_EventType = (typeof Event_EventType)[keyof typeof Event_EventType]

/** One version of one key. */
export interface KeyValue {
  key: Uint8Array
  /** Revision at which the key was created in its present life. */
  createRevision: bigint
  /** Revision of the last change. */
  modRevision: bigint
  /** Changes since creation, from 1; 0 in a tombstone. */
  version: bigint
  value: Uint8Array
  /** The lease that the key is attached to, or 0. */
  lease: bigint
}

export function sizeKeyValue(m: KeyValue): number {
  let size = 0
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.createRevision !== 0n) size += 1 + sizeOfInt64(m.createRevision)
  if (m.modRevision !== 0n) size += 1 + sizeOfInt64(m.modRevision)
  if (m.version !== 0n) size += 1 + sizeOfInt64(m.version)
  if (m.value.length > 0) size += 1 + sizeOfDelimited(m.value.length)
  if (m.lease !== 0n) size += 1 + sizeOfInt64(m.lease)
  return size
}

export function writeKeyValue(m: KeyValue, w: Writer): void {
  if (m.key.length > 0) {
    w.uint32(10)
    w.bytes(m.key)
  }
  if (m.createRevision !== 0n) {
    w.uint32(16)
    w.int64(m.createRevision)
  }
  if (m.modRevision !== 0n) {
    w.uint32(24)
    w.int64(m.modRevision)
  }
  if (m.version !== 0n) {
    w.uint32(32)
    w.int64(m.version)
  }
  if (m.value.length > 0) {
    w.uint32(42)
    w.bytes(m.value)
  }
  if (m.lease !== 0n) {
    w.uint32(48)
    w.int64(m.lease)
  }
}

export function decodeKeyValue(r: Reader): KeyValue {
  const m: KeyValue = { key: noBytes, createRevision: 0n, modRevision: 0n, version: 0n, value: noBytes, lease: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.bytes()
        break
      case 16:
        m.createRevision = r.int64()
        break
      case 24:
        m.modRevision = r.int64()
        break
      case 32:
        m.version = r.int64()
        break
      case 42:
        m.value = r.bytes()
        break
      case 48:
        m.lease = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const KeyValue: MessageCodec<KeyValue> & { create(init?: Partial<KeyValue>): KeyValue } = {
  create: (init) => ({ key: noBytes, createRevision: 0n, modRevision: 0n, version: 0n, value: noBytes, lease: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeKeyValue(message), headroomBytes)
    writeKeyValue(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeKeyValue(new Reader(bytes)),
}

export interface Event {
  /** One of `Event_EventType`; proto3 enums are open, so any other number may arrive. */
  type: number
  kv: KeyValue | undefined
  prevKv: KeyValue | undefined
}

export function sizeEvent(m: Event): number {
  let size = 0
  if (m.type !== 0) size += 1 + sizeOfInt32(m.type)
  if (m.kv !== undefined) size += 1 + sizeOfDelimited(sizeKeyValue(m.kv))
  if (m.prevKv !== undefined) size += 1 + sizeOfDelimited(sizeKeyValue(m.prevKv))
  return size
}

export function writeEvent(m: Event, w: Writer): void {
  if (m.type !== 0) {
    w.uint32(8)
    w.int32(m.type)
  }
  if (m.kv !== undefined) {
    w.uint32(18)
    w.uint32(sizeKeyValue(m.kv))
    writeKeyValue(m.kv, w)
  }
  if (m.prevKv !== undefined) {
    w.uint32(26)
    w.uint32(sizeKeyValue(m.prevKv))
    writeKeyValue(m.prevKv, w)
  }
}

export function decodeEvent(r: Reader): Event {
  const m: Event = { type: 0, kv: undefined, prevKv: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.type = r.int32()
        break
      case 18:
        m.kv = r.nested(decodeKeyValue)
        break
      case 26:
        m.prevKv = r.nested(decodeKeyValue)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Event: MessageCodec<Event> & { create(init?: Partial<Event>): Event } = {
  create: (init) => ({ type: 0, kv: undefined, prevKv: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeEvent(message), headroomBytes)
    writeEvent(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeEvent(new Reader(bytes)),
}
