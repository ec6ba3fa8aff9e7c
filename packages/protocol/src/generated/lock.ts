// Generated from proto/lock.proto by `npm run generate`. Do not edit.

import type { MessageCodec, Method } from '@waypost/rpc'
import { noBytes, Reader } from '../wire/reader.ts'
import { sizeOfDelimited, sizeOfInt64, Writer } from '../wire/writer.ts'
import { ResponseHeader, decodeResponseHeader, sizeResponseHeader, writeResponseHeader } from './rpc.ts'

export interface LockRequest {
  name: Uint8Array
  lease: bigint
}

export function sizeLockRequest(m: LockRequest): number {
  let size = 0
  if (m.name.length > 0) size += 1 + sizeOfDelimited(m.name.length)
  if (m.lease !== 0n) size += 1 + sizeOfInt64(m.lease)
  return size
}

export function writeLockRequest(m: LockRequest, w: Writer): void {
  if (m.name.length > 0) {
    w.uint32(10)
    w.bytes(m.name)
  }
  if (m.lease !== 0n) {
    w.uint32(16)
    w.int64(m.lease)
  }
}

export function decodeLockRequest(r: Reader): LockRequest {
  const m: LockRequest = { name: noBytes, lease: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.bytes()
        break
      case 16:
        m.lease = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LockRequest: MessageCodec<LockRequest> & { create(init?: Partial<LockRequest>): LockRequest } = {
  create: (init) => ({ name: noBytes, lease: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLockRequest(message), headroomBytes)
    writeLockRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLockRequest(new Reader(bytes)),
}

export interface LockResponse {
  header: ResponseHeader | undefined
  key: Uint8Array
}

export function sizeLockResponse(m: LockResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  return size
}

export function writeLockResponse(m: LockResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.key.length > 0) {
    w.uint32(18)
    w.bytes(m.key)
  }
}

export function decodeLockResponse(r: Reader): LockResponse {
  const m: LockResponse = { header: undefined, key: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.key = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LockResponse: MessageCodec<LockResponse> & { create(init?: Partial<LockResponse>): LockResponse } = {
  create: (init) => ({ header: undefined, key: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLockResponse(message), headroomBytes)
    writeLockResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLockResponse(new Reader(bytes)),
}

export interface UnlockRequest {
  key: Uint8Array
}

export function sizeUnlockRequest(m: UnlockRequest): number {
  let size = 0
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  return size
}

export function writeUnlockRequest(m: UnlockRequest, w: Writer): void {
  if (m.key.length > 0) {
    w.uint32(10)
    w.bytes(m.key)
  }
}

export function decodeUnlockRequest(r: Reader): UnlockRequest {
  const m: UnlockRequest = { key: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const UnlockRequest: MessageCodec<UnlockRequest> & { create(init?: Partial<UnlockRequest>): UnlockRequest } = {
  create: (init) => ({ key: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeUnlockRequest(message), headroomBytes)
    writeUnlockRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeUnlockRequest(new Reader(bytes)),
}

export interface UnlockResponse {
  header: ResponseHeader | undefined
}

export function sizeUnlockResponse(m: UnlockResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeUnlockResponse(m: UnlockResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeUnlockResponse(r: Reader): UnlockResponse {
  const m: UnlockResponse = { header: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const UnlockResponse: MessageCodec<UnlockResponse> & { create(init?: Partial<UnlockResponse>): UnlockResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeUnlockResponse(message), headroomBytes)
    writeUnlockResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeUnlockResponse(new Reader(bytes)),
}

export const Lock = {
  lock: {
    path: '/v3lockpb.Lock/Lock',
    kind: 'unary',
    request: LockRequest,
    response: LockResponse,
  } satisfies Method<LockRequest, LockResponse>,
  unlock: {
    path: '/v3lockpb.Lock/Unlock',
    kind: 'unary',
    request: UnlockRequest,
    response: UnlockResponse,
  } satisfies Method<UnlockRequest, UnlockResponse>,
} as const
