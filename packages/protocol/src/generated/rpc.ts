// Generated from proto/rpc.proto by `npm run generate`. Do not edit.

import type { MessageCodec, Method } from '@waypost/rpc'
import { noBytes, Reader } from '../wire/reader.ts'
import { sizeOfDelimited, sizeOfInt32, sizeOfInt64, sizeOfString, sizeOfUint32, sizeOfUint64, Writer } from '../wire/writer.ts'
import { Event, KeyValue, decodeEvent, decodeKeyValue, sizeEvent, sizeKeyValue, writeEvent, writeKeyValue } from './kv.ts'
import { Permission, UserAddOptions, decodePermission, decodeUserAddOptions, sizePermission, sizeUserAddOptions, writePermission, writeUserAddOptions } from './auth.ts'

export const RangeRequest_SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const
export type RangeRequest_SortOrder = (typeof RangeRequest_SortOrder)[keyof typeof RangeRequest_SortOrder]

export const RangeRequest_SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const
export type RangeRequest_SortTarget = (typeof RangeRequest_SortTarget)[keyof typeof RangeRequest_SortTarget]

export const Compare_CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const
export type Compare_CompareResult = (typeof Compare_CompareResult)[keyof typeof Compare_CompareResult]

export const Compare_CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const
export type Compare_CompareTarget = (typeof Compare_CompareTarget)[keyof typeof Compare_CompareTarget]

export const WatchCreateRequest_FilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const
export type WatchCreateRequest_FilterType = (typeof WatchCreateRequest_FilterType)[keyof typeof WatchCreateRequest_FilterType]

export const AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2,
} as const
export type AlarmType = (typeof AlarmType)[keyof typeof AlarmType]

export const AlarmRequest_AlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2,
} as const
export type AlarmRequest_AlarmAction = (typeof AlarmRequest_AlarmAction)[keyof typeof AlarmRequest_AlarmAction]

export const DowngradeRequest_DowngradeAction = {
  VALIDATE: 0,
  ENABLE: 1,
  CANCEL: 2,
} as const
export type DowngradeRequest_DowngradeAction = (typeof DowngradeRequest_DowngradeAction)[keyof typeof DowngradeRequest_DowngradeAction]

export interface ResponseHeader {
  clusterId: bigint
  memberId: bigint
  revision: bigint
  raftTerm: bigint
}

export function sizeResponseHeader(m: ResponseHeader): number {
  let size = 0
  if (m.clusterId !== 0n) size += 1 + sizeOfUint64(m.clusterId)
  if (m.memberId !== 0n) size += 1 + sizeOfUint64(m.memberId)
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  if (m.raftTerm !== 0n) size += 1 + sizeOfUint64(m.raftTerm)
  return size
}

export function writeResponseHeader(m: ResponseHeader, w: Writer): void {
  if (m.clusterId !== 0n) {
    w.uint32(8)
    w.uint64(m.clusterId)
  }
  if (m.memberId !== 0n) {
    w.uint32(16)
    w.uint64(m.memberId)
  }
  if (m.revision !== 0n) {
    w.uint32(24)
    w.int64(m.revision)
  }
  if (m.raftTerm !== 0n) {
    w.uint32(32)
    w.uint64(m.raftTerm)
  }
}

export function decodeResponseHeader(r: Reader): ResponseHeader {
  const m: ResponseHeader = { clusterId: 0n, memberId: 0n, revision: 0n, raftTerm: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.clusterId = r.uint64()
        break
      case 16:
        m.memberId = r.uint64()
        break
      case 24:
        m.revision = r.int64()
        break
      case 32:
        m.raftTerm = r.uint64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ResponseHeader: MessageCodec<ResponseHeader> & { create(init?: Partial<ResponseHeader>): ResponseHeader } = {
  create: (init) => ({ clusterId: 0n, memberId: 0n, revision: 0n, raftTerm: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeResponseHeader(message), headroomBytes)
    writeResponseHeader(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeResponseHeader(new Reader(bytes)),
}

export interface RangeRequest {
  key: Uint8Array
  /** Empty: one key. A single zero byte: every key from `key` on. Otherwise the exclusive end. */
  rangeEnd: Uint8Array
  limit: bigint
  /** 0 or less: the current revision. */
  revision: bigint
  /** One of `RangeRequest_SortOrder`; proto3 enums are open, so any other number may arrive. */
  sortOrder: number
  /** One of `RangeRequest_SortTarget`; proto3 enums are open, so any other number may arrive. */
  sortTarget: number
  serializable: boolean
  keysOnly: boolean
  countOnly: boolean
  minModRevision: bigint
  maxModRevision: bigint
  minCreateRevision: bigint
  maxCreateRevision: bigint
}

export function sizeRangeRequest(m: RangeRequest): number {
  let size = 0
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.rangeEnd.length > 0) size += 1 + sizeOfDelimited(m.rangeEnd.length)
  if (m.limit !== 0n) size += 1 + sizeOfInt64(m.limit)
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  if (m.sortOrder !== 0) size += 1 + sizeOfInt32(m.sortOrder)
  if (m.sortTarget !== 0) size += 1 + sizeOfInt32(m.sortTarget)
  if (m.serializable) size += 1 + 1
  if (m.keysOnly) size += 1 + 1
  if (m.countOnly) size += 1 + 1
  if (m.minModRevision !== 0n) size += 1 + sizeOfInt64(m.minModRevision)
  if (m.maxModRevision !== 0n) size += 1 + sizeOfInt64(m.maxModRevision)
  if (m.minCreateRevision !== 0n) size += 1 + sizeOfInt64(m.minCreateRevision)
  if (m.maxCreateRevision !== 0n) size += 1 + sizeOfInt64(m.maxCreateRevision)
  return size
}

export function writeRangeRequest(m: RangeRequest, w: Writer): void {
  if (m.key.length > 0) {
    w.uint32(10)
    w.bytes(m.key)
  }
  if (m.rangeEnd.length > 0) {
    w.uint32(18)
    w.bytes(m.rangeEnd)
  }
  if (m.limit !== 0n) {
    w.uint32(24)
    w.int64(m.limit)
  }
  if (m.revision !== 0n) {
    w.uint32(32)
    w.int64(m.revision)
  }
  if (m.sortOrder !== 0) {
    w.uint32(40)
    w.int32(m.sortOrder)
  }
  if (m.sortTarget !== 0) {
    w.uint32(48)
    w.int32(m.sortTarget)
  }
  if (m.serializable) {
    w.uint32(56)
    w.bool(m.serializable)
  }
  if (m.keysOnly) {
    w.uint32(64)
    w.bool(m.keysOnly)
  }
  if (m.countOnly) {
    w.uint32(72)
    w.bool(m.countOnly)
  }
  if (m.minModRevision !== 0n) {
    w.uint32(80)
    w.int64(m.minModRevision)
  }
  if (m.maxModRevision !== 0n) {
    w.uint32(88)
    w.int64(m.maxModRevision)
  }
  if (m.minCreateRevision !== 0n) {
    w.uint32(96)
    w.int64(m.minCreateRevision)
  }
  if (m.maxCreateRevision !== 0n) {
    w.uint32(104)
    w.int64(m.maxCreateRevision)
  }
}

export function decodeRangeRequest(r: Reader): RangeRequest {
  const m: RangeRequest = { key: noBytes, rangeEnd: noBytes, limit: 0n, revision: 0n, sortOrder: 0, sortTarget: 0, serializable: false, keysOnly: false, countOnly: false, minModRevision: 0n, maxModRevision: 0n, minCreateRevision: 0n, maxCreateRevision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.bytes()
        break
      case 18:
        m.rangeEnd = r.bytes()
        break
      case 24:
        m.limit = r.int64()
        break
      case 32:
        m.revision = r.int64()
        break
      case 40:
        m.sortOrder = r.int32()
        break
      case 48:
        m.sortTarget = r.int32()
        break
      case 56:
        m.serializable = r.bool()
        break
      case 64:
        m.keysOnly = r.bool()
        break
      case 72:
        m.countOnly = r.bool()
        break
      case 80:
        m.minModRevision = r.int64()
        break
      case 88:
        m.maxModRevision = r.int64()
        break
      case 96:
        m.minCreateRevision = r.int64()
        break
      case 104:
        m.maxCreateRevision = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const RangeRequest: MessageCodec<RangeRequest> & { create(init?: Partial<RangeRequest>): RangeRequest } = {
  create: (init) => ({ key: noBytes, rangeEnd: noBytes, limit: 0n, revision: 0n, sortOrder: 0, sortTarget: 0, serializable: false, keysOnly: false, countOnly: false, minModRevision: 0n, maxModRevision: 0n, minCreateRevision: 0n, maxCreateRevision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRangeRequest(message), headroomBytes)
    writeRangeRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRangeRequest(new Reader(bytes)),
}

export interface RangeResponse {
  header: ResponseHeader | undefined
  kvs: KeyValue[]
  more: boolean
  count: bigint
}

export function sizeRangeResponse(m: RangeResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.kvs) size += 1 + sizeOfDelimited(sizeKeyValue(v))
  if (m.more) size += 1 + 1
  if (m.count !== 0n) size += 1 + sizeOfInt64(m.count)
  return size
}

export function writeRangeResponse(m: RangeResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.kvs) {
    w.uint32(18)
    w.uint32(sizeKeyValue(v))
    writeKeyValue(v, w)
  }
  if (m.more) {
    w.uint32(24)
    w.bool(m.more)
  }
  if (m.count !== 0n) {
    w.uint32(32)
    w.int64(m.count)
  }
}

export function decodeRangeResponse(r: Reader): RangeResponse {
  const m: RangeResponse = { header: undefined, kvs: [], more: false, count: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.kvs.push(r.nested(decodeKeyValue))
        break
      case 24:
        m.more = r.bool()
        break
      case 32:
        m.count = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const RangeResponse: MessageCodec<RangeResponse> & { create(init?: Partial<RangeResponse>): RangeResponse } = {
  create: (init) => ({ header: undefined, kvs: [], more: false, count: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRangeResponse(message), headroomBytes)
    writeRangeResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRangeResponse(new Reader(bytes)),
}

/** A part of the answer to RangeStream: merged in order, all parts are the answer to Range. Header, more and count are in the last part only. */
export interface RangeStreamResponse {
  rangeResponse: RangeResponse | undefined
}

export function sizeRangeStreamResponse(m: RangeStreamResponse): number {
  let size = 0
  if (m.rangeResponse !== undefined) size += 1 + sizeOfDelimited(sizeRangeResponse(m.rangeResponse))
  return size
}

export function writeRangeStreamResponse(m: RangeStreamResponse, w: Writer): void {
  if (m.rangeResponse !== undefined) {
    w.uint32(10)
    w.uint32(sizeRangeResponse(m.rangeResponse))
    writeRangeResponse(m.rangeResponse, w)
  }
}

export function decodeRangeStreamResponse(r: Reader): RangeStreamResponse {
  const m: RangeStreamResponse = { rangeResponse: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.rangeResponse = r.nested(decodeRangeResponse)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const RangeStreamResponse: MessageCodec<RangeStreamResponse> & { create(init?: Partial<RangeStreamResponse>): RangeStreamResponse } = {
  create: (init) => ({ rangeResponse: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRangeStreamResponse(message), headroomBytes)
    writeRangeStreamResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRangeStreamResponse(new Reader(bytes)),
}

export interface PutRequest {
  key: Uint8Array
  value: Uint8Array
  lease: bigint
  prevKv: boolean
  ignoreValue: boolean
  ignoreLease: boolean
}

export function sizePutRequest(m: PutRequest): number {
  let size = 0
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.value.length > 0) size += 1 + sizeOfDelimited(m.value.length)
  if (m.lease !== 0n) size += 1 + sizeOfInt64(m.lease)
  if (m.prevKv) size += 1 + 1
  if (m.ignoreValue) size += 1 + 1
  if (m.ignoreLease) size += 1 + 1
  return size
}

export function writePutRequest(m: PutRequest, w: Writer): void {
  if (m.key.length > 0) {
    w.uint32(10)
    w.bytes(m.key)
  }
  if (m.value.length > 0) {
    w.uint32(18)
    w.bytes(m.value)
  }
  if (m.lease !== 0n) {
    w.uint32(24)
    w.int64(m.lease)
  }
  if (m.prevKv) {
    w.uint32(32)
    w.bool(m.prevKv)
  }
  if (m.ignoreValue) {
    w.uint32(40)
    w.bool(m.ignoreValue)
  }
  if (m.ignoreLease) {
    w.uint32(48)
    w.bool(m.ignoreLease)
  }
}

export function decodePutRequest(r: Reader): PutRequest {
  const m: PutRequest = { key: noBytes, value: noBytes, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.bytes()
        break
      case 18:
        m.value = r.bytes()
        break
      case 24:
        m.lease = r.int64()
        break
      case 32:
        m.prevKv = r.bool()
        break
      case 40:
        m.ignoreValue = r.bool()
        break
      case 48:
        m.ignoreLease = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const PutRequest: MessageCodec<PutRequest> & { create(init?: Partial<PutRequest>): PutRequest } = {
  create: (init) => ({ key: noBytes, value: noBytes, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizePutRequest(message), headroomBytes)
    writePutRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodePutRequest(new Reader(bytes)),
}

export interface PutResponse {
  header: ResponseHeader | undefined
  prevKv: KeyValue | undefined
}

export function sizePutResponse(m: PutResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.prevKv !== undefined) size += 1 + sizeOfDelimited(sizeKeyValue(m.prevKv))
  return size
}

export function writePutResponse(m: PutResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.prevKv !== undefined) {
    w.uint32(18)
    w.uint32(sizeKeyValue(m.prevKv))
    writeKeyValue(m.prevKv, w)
  }
}

export function decodePutResponse(r: Reader): PutResponse {
  const m: PutResponse = { header: undefined, prevKv: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.prevKv = r.nested(decodeKeyValue)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const PutResponse: MessageCodec<PutResponse> & { create(init?: Partial<PutResponse>): PutResponse } = {
  create: (init) => ({ header: undefined, prevKv: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizePutResponse(message), headroomBytes)
    writePutResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodePutResponse(new Reader(bytes)),
}

export interface DeleteRangeRequest {
  key: Uint8Array
  rangeEnd: Uint8Array
  prevKv: boolean
}

export function sizeDeleteRangeRequest(m: DeleteRangeRequest): number {
  let size = 0
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.rangeEnd.length > 0) size += 1 + sizeOfDelimited(m.rangeEnd.length)
  if (m.prevKv) size += 1 + 1
  return size
}

export function writeDeleteRangeRequest(m: DeleteRangeRequest, w: Writer): void {
  if (m.key.length > 0) {
    w.uint32(10)
    w.bytes(m.key)
  }
  if (m.rangeEnd.length > 0) {
    w.uint32(18)
    w.bytes(m.rangeEnd)
  }
  if (m.prevKv) {
    w.uint32(24)
    w.bool(m.prevKv)
  }
}

export function decodeDeleteRangeRequest(r: Reader): DeleteRangeRequest {
  const m: DeleteRangeRequest = { key: noBytes, rangeEnd: noBytes, prevKv: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.bytes()
        break
      case 18:
        m.rangeEnd = r.bytes()
        break
      case 24:
        m.prevKv = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const DeleteRangeRequest: MessageCodec<DeleteRangeRequest> & { create(init?: Partial<DeleteRangeRequest>): DeleteRangeRequest } = {
  create: (init) => ({ key: noBytes, rangeEnd: noBytes, prevKv: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDeleteRangeRequest(message), headroomBytes)
    writeDeleteRangeRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDeleteRangeRequest(new Reader(bytes)),
}

export interface DeleteRangeResponse {
  header: ResponseHeader | undefined
  deleted: bigint
  prevKvs: KeyValue[]
}

export function sizeDeleteRangeResponse(m: DeleteRangeResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.deleted !== 0n) size += 1 + sizeOfInt64(m.deleted)
  for (const v of m.prevKvs) size += 1 + sizeOfDelimited(sizeKeyValue(v))
  return size
}

export function writeDeleteRangeResponse(m: DeleteRangeResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.deleted !== 0n) {
    w.uint32(16)
    w.int64(m.deleted)
  }
  for (const v of m.prevKvs) {
    w.uint32(26)
    w.uint32(sizeKeyValue(v))
    writeKeyValue(v, w)
  }
}

export function decodeDeleteRangeResponse(r: Reader): DeleteRangeResponse {
  const m: DeleteRangeResponse = { header: undefined, deleted: 0n, prevKvs: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.deleted = r.int64()
        break
      case 26:
        m.prevKvs.push(r.nested(decodeKeyValue))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const DeleteRangeResponse: MessageCodec<DeleteRangeResponse> & { create(init?: Partial<DeleteRangeResponse>): DeleteRangeResponse } = {
  create: (init) => ({ header: undefined, deleted: 0n, prevKvs: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDeleteRangeResponse(message), headroomBytes)
    writeDeleteRangeResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDeleteRangeResponse(new Reader(bytes)),
}

export interface RequestOp {
  requestRange: RangeRequest | undefined
  requestPut: PutRequest | undefined
  requestDeleteRange: DeleteRangeRequest | undefined
  requestTxn: TxnRequest | undefined
}

export function sizeRequestOp(m: RequestOp): number {
  let size = 0
  if (m.requestRange !== undefined) size += 1 + sizeOfDelimited(sizeRangeRequest(m.requestRange))
  if (m.requestPut !== undefined) size += 1 + sizeOfDelimited(sizePutRequest(m.requestPut))
  if (m.requestDeleteRange !== undefined) size += 1 + sizeOfDelimited(sizeDeleteRangeRequest(m.requestDeleteRange))
  if (m.requestTxn !== undefined) size += 1 + sizeOfDelimited(sizeTxnRequest(m.requestTxn))
  return size
}

export function writeRequestOp(m: RequestOp, w: Writer): void {
  if (m.requestRange !== undefined) {
    w.uint32(10)
    w.uint32(sizeRangeRequest(m.requestRange))
    writeRangeRequest(m.requestRange, w)
  }
  if (m.requestPut !== undefined) {
    w.uint32(18)
    w.uint32(sizePutRequest(m.requestPut))
    writePutRequest(m.requestPut, w)
  }
  if (m.requestDeleteRange !== undefined) {
    w.uint32(26)
    w.uint32(sizeDeleteRangeRequest(m.requestDeleteRange))
    writeDeleteRangeRequest(m.requestDeleteRange, w)
  }
  if (m.requestTxn !== undefined) {
    w.uint32(34)
    w.uint32(sizeTxnRequest(m.requestTxn))
    writeTxnRequest(m.requestTxn, w)
  }
}

export function decodeRequestOp(r: Reader): RequestOp {
  const m: RequestOp = { requestRange: undefined, requestPut: undefined, requestDeleteRange: undefined, requestTxn: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.requestRange = r.nested(decodeRangeRequest)
        m.requestPut = undefined
        m.requestDeleteRange = undefined
        m.requestTxn = undefined
        break
      case 18:
        m.requestPut = r.nested(decodePutRequest)
        m.requestRange = undefined
        m.requestDeleteRange = undefined
        m.requestTxn = undefined
        break
      case 26:
        m.requestDeleteRange = r.nested(decodeDeleteRangeRequest)
        m.requestRange = undefined
        m.requestPut = undefined
        m.requestTxn = undefined
        break
      case 34:
        m.requestTxn = r.nested(decodeTxnRequest)
        m.requestRange = undefined
        m.requestPut = undefined
        m.requestDeleteRange = undefined
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const RequestOp: MessageCodec<RequestOp> & { create(init?: Partial<RequestOp>): RequestOp } = {
  create: (init) => ({ requestRange: undefined, requestPut: undefined, requestDeleteRange: undefined, requestTxn: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRequestOp(message), headroomBytes)
    writeRequestOp(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRequestOp(new Reader(bytes)),
}

export interface ResponseOp {
  responseRange: RangeResponse | undefined
  responsePut: PutResponse | undefined
  responseDeleteRange: DeleteRangeResponse | undefined
  responseTxn: TxnResponse | undefined
}

export function sizeResponseOp(m: ResponseOp): number {
  let size = 0
  if (m.responseRange !== undefined) size += 1 + sizeOfDelimited(sizeRangeResponse(m.responseRange))
  if (m.responsePut !== undefined) size += 1 + sizeOfDelimited(sizePutResponse(m.responsePut))
  if (m.responseDeleteRange !== undefined) size += 1 + sizeOfDelimited(sizeDeleteRangeResponse(m.responseDeleteRange))
  if (m.responseTxn !== undefined) size += 1 + sizeOfDelimited(sizeTxnResponse(m.responseTxn))
  return size
}

export function writeResponseOp(m: ResponseOp, w: Writer): void {
  if (m.responseRange !== undefined) {
    w.uint32(10)
    w.uint32(sizeRangeResponse(m.responseRange))
    writeRangeResponse(m.responseRange, w)
  }
  if (m.responsePut !== undefined) {
    w.uint32(18)
    w.uint32(sizePutResponse(m.responsePut))
    writePutResponse(m.responsePut, w)
  }
  if (m.responseDeleteRange !== undefined) {
    w.uint32(26)
    w.uint32(sizeDeleteRangeResponse(m.responseDeleteRange))
    writeDeleteRangeResponse(m.responseDeleteRange, w)
  }
  if (m.responseTxn !== undefined) {
    w.uint32(34)
    w.uint32(sizeTxnResponse(m.responseTxn))
    writeTxnResponse(m.responseTxn, w)
  }
}

export function decodeResponseOp(r: Reader): ResponseOp {
  const m: ResponseOp = { responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.responseRange = r.nested(decodeRangeResponse)
        m.responsePut = undefined
        m.responseDeleteRange = undefined
        m.responseTxn = undefined
        break
      case 18:
        m.responsePut = r.nested(decodePutResponse)
        m.responseRange = undefined
        m.responseDeleteRange = undefined
        m.responseTxn = undefined
        break
      case 26:
        m.responseDeleteRange = r.nested(decodeDeleteRangeResponse)
        m.responseRange = undefined
        m.responsePut = undefined
        m.responseTxn = undefined
        break
      case 34:
        m.responseTxn = r.nested(decodeTxnResponse)
        m.responseRange = undefined
        m.responsePut = undefined
        m.responseDeleteRange = undefined
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ResponseOp: MessageCodec<ResponseOp> & { create(init?: Partial<ResponseOp>): ResponseOp } = {
  create: (init) => ({ responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeResponseOp(message), headroomBytes)
    writeResponseOp(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeResponseOp(new Reader(bytes)),
}

export interface Compare {
  /** One of `Compare_CompareResult`; proto3 enums are open, so any other number may arrive. */
  result: number
  /** One of `Compare_CompareTarget`; proto3 enums are open, so any other number may arrive. */
  target: number
  key: Uint8Array
  version: bigint | undefined
  createRevision: bigint | undefined
  modRevision: bigint | undefined
  value: Uint8Array | undefined
  lease: bigint | undefined
  rangeEnd: Uint8Array
}

export function sizeCompare(m: Compare): number {
  let size = 0
  if (m.result !== 0) size += 1 + sizeOfInt32(m.result)
  if (m.target !== 0) size += 1 + sizeOfInt32(m.target)
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.version !== undefined) size += 1 + sizeOfInt64(m.version)
  if (m.createRevision !== undefined) size += 1 + sizeOfInt64(m.createRevision)
  if (m.modRevision !== undefined) size += 1 + sizeOfInt64(m.modRevision)
  if (m.value !== undefined) size += 1 + sizeOfDelimited(m.value.length)
  if (m.lease !== undefined) size += 1 + sizeOfInt64(m.lease)
  if (m.rangeEnd.length > 0) size += 2 + sizeOfDelimited(m.rangeEnd.length)
  return size
}

export function writeCompare(m: Compare, w: Writer): void {
  if (m.result !== 0) {
    w.uint32(8)
    w.int32(m.result)
  }
  if (m.target !== 0) {
    w.uint32(16)
    w.int32(m.target)
  }
  if (m.key.length > 0) {
    w.uint32(26)
    w.bytes(m.key)
  }
  if (m.version !== undefined) {
    w.uint32(32)
    w.int64(m.version)
  }
  if (m.createRevision !== undefined) {
    w.uint32(40)
    w.int64(m.createRevision)
  }
  if (m.modRevision !== undefined) {
    w.uint32(48)
    w.int64(m.modRevision)
  }
  if (m.value !== undefined) {
    w.uint32(58)
    w.bytes(m.value)
  }
  if (m.lease !== undefined) {
    w.uint32(64)
    w.int64(m.lease)
  }
  if (m.rangeEnd.length > 0) {
    w.uint32(514)
    w.bytes(m.rangeEnd)
  }
}

export function decodeCompare(r: Reader): Compare {
  const m: Compare = { result: 0, target: 0, key: noBytes, version: undefined, createRevision: undefined, modRevision: undefined, value: undefined, lease: undefined, rangeEnd: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.result = r.int32()
        break
      case 16:
        m.target = r.int32()
        break
      case 26:
        m.key = r.bytes()
        break
      case 32:
        m.version = r.int64()
        m.createRevision = undefined
        m.modRevision = undefined
        m.value = undefined
        m.lease = undefined
        break
      case 40:
        m.createRevision = r.int64()
        m.version = undefined
        m.modRevision = undefined
        m.value = undefined
        m.lease = undefined
        break
      case 48:
        m.modRevision = r.int64()
        m.version = undefined
        m.createRevision = undefined
        m.value = undefined
        m.lease = undefined
        break
      case 58:
        m.value = r.bytes()
        m.version = undefined
        m.createRevision = undefined
        m.modRevision = undefined
        m.lease = undefined
        break
      case 64:
        m.lease = r.int64()
        m.version = undefined
        m.createRevision = undefined
        m.modRevision = undefined
        m.value = undefined
        break
      case 514:
        m.rangeEnd = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Compare: MessageCodec<Compare> & { create(init?: Partial<Compare>): Compare } = {
  create: (init) => ({ result: 0, target: 0, key: noBytes, version: undefined, createRevision: undefined, modRevision: undefined, value: undefined, lease: undefined, rangeEnd: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeCompare(message), headroomBytes)
    writeCompare(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeCompare(new Reader(bytes)),
}

export interface TxnRequest {
  compare: Compare[]
  success: RequestOp[]
  failure: RequestOp[]
}

export function sizeTxnRequest(m: TxnRequest): number {
  let size = 0
  for (const v of m.compare) size += 1 + sizeOfDelimited(sizeCompare(v))
  for (const v of m.success) size += 1 + sizeOfDelimited(sizeRequestOp(v))
  for (const v of m.failure) size += 1 + sizeOfDelimited(sizeRequestOp(v))
  return size
}

export function writeTxnRequest(m: TxnRequest, w: Writer): void {
  for (const v of m.compare) {
    w.uint32(10)
    w.uint32(sizeCompare(v))
    writeCompare(v, w)
  }
  for (const v of m.success) {
    w.uint32(18)
    w.uint32(sizeRequestOp(v))
    writeRequestOp(v, w)
  }
  for (const v of m.failure) {
    w.uint32(26)
    w.uint32(sizeRequestOp(v))
    writeRequestOp(v, w)
  }
}

export function decodeTxnRequest(r: Reader): TxnRequest {
  const m: TxnRequest = { compare: [], success: [], failure: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.compare.push(r.nested(decodeCompare))
        break
      case 18:
        m.success.push(r.nested(decodeRequestOp))
        break
      case 26:
        m.failure.push(r.nested(decodeRequestOp))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const TxnRequest: MessageCodec<TxnRequest> & { create(init?: Partial<TxnRequest>): TxnRequest } = {
  create: (init) => ({ compare: [], success: [], failure: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeTxnRequest(message), headroomBytes)
    writeTxnRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeTxnRequest(new Reader(bytes)),
}

export interface TxnResponse {
  header: ResponseHeader | undefined
  succeeded: boolean
  responses: ResponseOp[]
}

export function sizeTxnResponse(m: TxnResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.succeeded) size += 1 + 1
  for (const v of m.responses) size += 1 + sizeOfDelimited(sizeResponseOp(v))
  return size
}

export function writeTxnResponse(m: TxnResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.succeeded) {
    w.uint32(16)
    w.bool(m.succeeded)
  }
  for (const v of m.responses) {
    w.uint32(26)
    w.uint32(sizeResponseOp(v))
    writeResponseOp(v, w)
  }
}

export function decodeTxnResponse(r: Reader): TxnResponse {
  const m: TxnResponse = { header: undefined, succeeded: false, responses: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.succeeded = r.bool()
        break
      case 26:
        m.responses.push(r.nested(decodeResponseOp))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const TxnResponse: MessageCodec<TxnResponse> & { create(init?: Partial<TxnResponse>): TxnResponse } = {
  create: (init) => ({ header: undefined, succeeded: false, responses: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeTxnResponse(message), headroomBytes)
    writeTxnResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeTxnResponse(new Reader(bytes)),
}

export interface CompactionRequest {
  revision: bigint
  /** Answer only once the compaction is done and durable. */
  physical: boolean
}

export function sizeCompactionRequest(m: CompactionRequest): number {
  let size = 0
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  if (m.physical) size += 1 + 1
  return size
}

export function writeCompactionRequest(m: CompactionRequest, w: Writer): void {
  if (m.revision !== 0n) {
    w.uint32(8)
    w.int64(m.revision)
  }
  if (m.physical) {
    w.uint32(16)
    w.bool(m.physical)
  }
}

export function decodeCompactionRequest(r: Reader): CompactionRequest {
  const m: CompactionRequest = { revision: 0n, physical: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.revision = r.int64()
        break
      case 16:
        m.physical = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const CompactionRequest: MessageCodec<CompactionRequest> & { create(init?: Partial<CompactionRequest>): CompactionRequest } = {
  create: (init) => ({ revision: 0n, physical: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeCompactionRequest(message), headroomBytes)
    writeCompactionRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeCompactionRequest(new Reader(bytes)),
}

export interface CompactionResponse {
  header: ResponseHeader | undefined
}

export function sizeCompactionResponse(m: CompactionResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeCompactionResponse(m: CompactionResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeCompactionResponse(r: Reader): CompactionResponse {
  const m: CompactionResponse = { header: undefined }
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

export const CompactionResponse: MessageCodec<CompactionResponse> & { create(init?: Partial<CompactionResponse>): CompactionResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeCompactionResponse(message), headroomBytes)
    writeCompactionResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeCompactionResponse(new Reader(bytes)),
}

export interface WatchRequest {
  createRequest: WatchCreateRequest | undefined
  cancelRequest: WatchCancelRequest | undefined
  progressRequest: WatchProgressRequest | undefined
}

export function sizeWatchRequest(m: WatchRequest): number {
  let size = 0
  if (m.createRequest !== undefined) size += 1 + sizeOfDelimited(sizeWatchCreateRequest(m.createRequest))
  if (m.cancelRequest !== undefined) size += 1 + sizeOfDelimited(sizeWatchCancelRequest(m.cancelRequest))
  if (m.progressRequest !== undefined) size += 1 + sizeOfDelimited(sizeWatchProgressRequest(m.progressRequest))
  return size
}

export function writeWatchRequest(m: WatchRequest, w: Writer): void {
  if (m.createRequest !== undefined) {
    w.uint32(10)
    w.uint32(sizeWatchCreateRequest(m.createRequest))
    writeWatchCreateRequest(m.createRequest, w)
  }
  if (m.cancelRequest !== undefined) {
    w.uint32(18)
    w.uint32(sizeWatchCancelRequest(m.cancelRequest))
    writeWatchCancelRequest(m.cancelRequest, w)
  }
  if (m.progressRequest !== undefined) {
    w.uint32(26)
    w.uint32(sizeWatchProgressRequest(m.progressRequest))
    writeWatchProgressRequest(m.progressRequest, w)
  }
}

export function decodeWatchRequest(r: Reader): WatchRequest {
  const m: WatchRequest = { createRequest: undefined, cancelRequest: undefined, progressRequest: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.createRequest = r.nested(decodeWatchCreateRequest)
        m.cancelRequest = undefined
        m.progressRequest = undefined
        break
      case 18:
        m.cancelRequest = r.nested(decodeWatchCancelRequest)
        m.createRequest = undefined
        m.progressRequest = undefined
        break
      case 26:
        m.progressRequest = r.nested(decodeWatchProgressRequest)
        m.createRequest = undefined
        m.cancelRequest = undefined
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const WatchRequest: MessageCodec<WatchRequest> & { create(init?: Partial<WatchRequest>): WatchRequest } = {
  create: (init) => ({ createRequest: undefined, cancelRequest: undefined, progressRequest: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeWatchRequest(message), headroomBytes)
    writeWatchRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeWatchRequest(new Reader(bytes)),
}

export interface WatchCreateRequest {
  key: Uint8Array
  rangeEnd: Uint8Array
  startRevision: bigint
  progressNotify: boolean
  /** One of `WatchCreateRequest_FilterType`; proto3 enums are open, so any other number may arrive. */
  filters: number[]
  prevKv: boolean
  watchId: bigint
  fragment: boolean
}

export function sizeWatchCreateRequest(m: WatchCreateRequest): number {
  let size = 0
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.rangeEnd.length > 0) size += 1 + sizeOfDelimited(m.rangeEnd.length)
  if (m.startRevision !== 0n) size += 1 + sizeOfInt64(m.startRevision)
  if (m.progressNotify) size += 1 + 1
  if (m.filters.length > 0) {
    let packed = 0
    for (const v of m.filters) packed += sizeOfInt32(v)
    size += 1 + sizeOfDelimited(packed)
  }
  if (m.prevKv) size += 1 + 1
  if (m.watchId !== 0n) size += 1 + sizeOfInt64(m.watchId)
  if (m.fragment) size += 1 + 1
  return size
}

export function writeWatchCreateRequest(m: WatchCreateRequest, w: Writer): void {
  if (m.key.length > 0) {
    w.uint32(10)
    w.bytes(m.key)
  }
  if (m.rangeEnd.length > 0) {
    w.uint32(18)
    w.bytes(m.rangeEnd)
  }
  if (m.startRevision !== 0n) {
    w.uint32(24)
    w.int64(m.startRevision)
  }
  if (m.progressNotify) {
    w.uint32(32)
    w.bool(m.progressNotify)
  }
  if (m.filters.length > 0) {
    let packed = 0
    for (const v of m.filters) packed += sizeOfInt32(v)
    w.uint32(42)
    w.uint32(packed)
    for (const v of m.filters) w.int32(v)
  }
  if (m.prevKv) {
    w.uint32(48)
    w.bool(m.prevKv)
  }
  if (m.watchId !== 0n) {
    w.uint32(56)
    w.int64(m.watchId)
  }
  if (m.fragment) {
    w.uint32(64)
    w.bool(m.fragment)
  }
}

export function decodeWatchCreateRequest(r: Reader): WatchCreateRequest {
  const m: WatchCreateRequest = { key: noBytes, rangeEnd: noBytes, startRevision: 0n, progressNotify: false, filters: [], prevKv: false, watchId: 0n, fragment: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.bytes()
        break
      case 18:
        m.rangeEnd = r.bytes()
        break
      case 24:
        m.startRevision = r.int64()
        break
      case 32:
        m.progressNotify = r.bool()
        break
      case 40:
        m.filters.push(r.int32())
        break
      case 42:
        r.nested(() => {
          while (!r.done) m.filters.push(r.int32())
        })
        break
      case 48:
        m.prevKv = r.bool()
        break
      case 56:
        m.watchId = r.int64()
        break
      case 64:
        m.fragment = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const WatchCreateRequest: MessageCodec<WatchCreateRequest> & { create(init?: Partial<WatchCreateRequest>): WatchCreateRequest } = {
  create: (init) => ({ key: noBytes, rangeEnd: noBytes, startRevision: 0n, progressNotify: false, filters: [], prevKv: false, watchId: 0n, fragment: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeWatchCreateRequest(message), headroomBytes)
    writeWatchCreateRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeWatchCreateRequest(new Reader(bytes)),
}

export interface WatchCancelRequest {
  watchId: bigint
}

export function sizeWatchCancelRequest(m: WatchCancelRequest): number {
  let size = 0
  if (m.watchId !== 0n) size += 1 + sizeOfInt64(m.watchId)
  return size
}

export function writeWatchCancelRequest(m: WatchCancelRequest, w: Writer): void {
  if (m.watchId !== 0n) {
    w.uint32(8)
    w.int64(m.watchId)
  }
}

export function decodeWatchCancelRequest(r: Reader): WatchCancelRequest {
  const m: WatchCancelRequest = { watchId: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.watchId = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const WatchCancelRequest: MessageCodec<WatchCancelRequest> & { create(init?: Partial<WatchCancelRequest>): WatchCancelRequest } = {
  create: (init) => ({ watchId: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeWatchCancelRequest(message), headroomBytes)
    writeWatchCancelRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeWatchCancelRequest(new Reader(bytes)),
}

export interface WatchProgressRequest {
}

export function sizeWatchProgressRequest(_m: WatchProgressRequest): number {
  return 0
}

export function writeWatchProgressRequest(_m: WatchProgressRequest, _w: Writer): void {
}

export function decodeWatchProgressRequest(r: Reader): WatchProgressRequest {
  const m: WatchProgressRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const WatchProgressRequest: MessageCodec<WatchProgressRequest> & { create(init?: Partial<WatchProgressRequest>): WatchProgressRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeWatchProgressRequest(message), headroomBytes)
    writeWatchProgressRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeWatchProgressRequest(new Reader(bytes)),
}

export interface WatchResponse {
  header: ResponseHeader | undefined
  watchId: bigint
  created: boolean
  canceled: boolean
  compactRevision: bigint
  cancelReason: string
  fragment: boolean
  events: Event[]
}

export function sizeWatchResponse(m: WatchResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.watchId !== 0n) size += 1 + sizeOfInt64(m.watchId)
  if (m.created) size += 1 + 1
  if (m.canceled) size += 1 + 1
  if (m.compactRevision !== 0n) size += 1 + sizeOfInt64(m.compactRevision)
  if (m.cancelReason !== '') size += 1 + sizeOfString(m.cancelReason)
  if (m.fragment) size += 1 + 1
  for (const v of m.events) size += 1 + sizeOfDelimited(sizeEvent(v))
  return size
}

export function writeWatchResponse(m: WatchResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.watchId !== 0n) {
    w.uint32(16)
    w.int64(m.watchId)
  }
  if (m.created) {
    w.uint32(24)
    w.bool(m.created)
  }
  if (m.canceled) {
    w.uint32(32)
    w.bool(m.canceled)
  }
  if (m.compactRevision !== 0n) {
    w.uint32(40)
    w.int64(m.compactRevision)
  }
  if (m.cancelReason !== '') {
    w.uint32(50)
    w.string(m.cancelReason)
  }
  if (m.fragment) {
    w.uint32(56)
    w.bool(m.fragment)
  }
  for (const v of m.events) {
    w.uint32(90)
    w.uint32(sizeEvent(v))
    writeEvent(v, w)
  }
}

export function decodeWatchResponse(r: Reader): WatchResponse {
  const m: WatchResponse = { header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0n, cancelReason: '', fragment: false, events: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.watchId = r.int64()
        break
      case 24:
        m.created = r.bool()
        break
      case 32:
        m.canceled = r.bool()
        break
      case 40:
        m.compactRevision = r.int64()
        break
      case 50:
        m.cancelReason = r.string()
        break
      case 56:
        m.fragment = r.bool()
        break
      case 90:
        m.events.push(r.nested(decodeEvent))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const WatchResponse: MessageCodec<WatchResponse> & { create(init?: Partial<WatchResponse>): WatchResponse } = {
  create: (init) => ({ header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0n, cancelReason: '', fragment: false, events: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeWatchResponse(message), headroomBytes)
    writeWatchResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeWatchResponse(new Reader(bytes)),
}

export interface LeaseGrantRequest {
  /** Seconds. */
  ttl: bigint
  /** 0: the server chooses. */
  id: bigint
}

export function sizeLeaseGrantRequest(m: LeaseGrantRequest): number {
  let size = 0
  if (m.ttl !== 0n) size += 1 + sizeOfInt64(m.ttl)
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  return size
}

export function writeLeaseGrantRequest(m: LeaseGrantRequest, w: Writer): void {
  if (m.ttl !== 0n) {
    w.uint32(8)
    w.int64(m.ttl)
  }
  if (m.id !== 0n) {
    w.uint32(16)
    w.int64(m.id)
  }
}

export function decodeLeaseGrantRequest(r: Reader): LeaseGrantRequest {
  const m: LeaseGrantRequest = { ttl: 0n, id: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.ttl = r.int64()
        break
      case 16:
        m.id = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseGrantRequest: MessageCodec<LeaseGrantRequest> & { create(init?: Partial<LeaseGrantRequest>): LeaseGrantRequest } = {
  create: (init) => ({ ttl: 0n, id: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseGrantRequest(message), headroomBytes)
    writeLeaseGrantRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseGrantRequest(new Reader(bytes)),
}

export interface LeaseGrantResponse {
  header: ResponseHeader | undefined
  id: bigint
  ttl: bigint
  error: string
}

export function sizeLeaseGrantResponse(m: LeaseGrantResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  if (m.ttl !== 0n) size += 1 + sizeOfInt64(m.ttl)
  if (m.error !== '') size += 1 + sizeOfString(m.error)
  return size
}

export function writeLeaseGrantResponse(m: LeaseGrantResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.id !== 0n) {
    w.uint32(16)
    w.int64(m.id)
  }
  if (m.ttl !== 0n) {
    w.uint32(24)
    w.int64(m.ttl)
  }
  if (m.error !== '') {
    w.uint32(34)
    w.string(m.error)
  }
}

export function decodeLeaseGrantResponse(r: Reader): LeaseGrantResponse {
  const m: LeaseGrantResponse = { header: undefined, id: 0n, ttl: 0n, error: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.id = r.int64()
        break
      case 24:
        m.ttl = r.int64()
        break
      case 34:
        m.error = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseGrantResponse: MessageCodec<LeaseGrantResponse> & { create(init?: Partial<LeaseGrantResponse>): LeaseGrantResponse } = {
  create: (init) => ({ header: undefined, id: 0n, ttl: 0n, error: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseGrantResponse(message), headroomBytes)
    writeLeaseGrantResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseGrantResponse(new Reader(bytes)),
}

export interface LeaseRevokeRequest {
  id: bigint
}

export function sizeLeaseRevokeRequest(m: LeaseRevokeRequest): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  return size
}

export function writeLeaseRevokeRequest(m: LeaseRevokeRequest, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.int64(m.id)
  }
}

export function decodeLeaseRevokeRequest(r: Reader): LeaseRevokeRequest {
  const m: LeaseRevokeRequest = { id: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseRevokeRequest: MessageCodec<LeaseRevokeRequest> & { create(init?: Partial<LeaseRevokeRequest>): LeaseRevokeRequest } = {
  create: (init) => ({ id: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseRevokeRequest(message), headroomBytes)
    writeLeaseRevokeRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseRevokeRequest(new Reader(bytes)),
}

export interface LeaseRevokeResponse {
  header: ResponseHeader | undefined
}

export function sizeLeaseRevokeResponse(m: LeaseRevokeResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeLeaseRevokeResponse(m: LeaseRevokeResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeLeaseRevokeResponse(r: Reader): LeaseRevokeResponse {
  const m: LeaseRevokeResponse = { header: undefined }
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

export const LeaseRevokeResponse: MessageCodec<LeaseRevokeResponse> & { create(init?: Partial<LeaseRevokeResponse>): LeaseRevokeResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseRevokeResponse(message), headroomBytes)
    writeLeaseRevokeResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseRevokeResponse(new Reader(bytes)),
}

export interface LeaseKeepAliveRequest {
  id: bigint
}

export function sizeLeaseKeepAliveRequest(m: LeaseKeepAliveRequest): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  return size
}

export function writeLeaseKeepAliveRequest(m: LeaseKeepAliveRequest, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.int64(m.id)
  }
}

export function decodeLeaseKeepAliveRequest(r: Reader): LeaseKeepAliveRequest {
  const m: LeaseKeepAliveRequest = { id: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseKeepAliveRequest: MessageCodec<LeaseKeepAliveRequest> & { create(init?: Partial<LeaseKeepAliveRequest>): LeaseKeepAliveRequest } = {
  create: (init) => ({ id: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseKeepAliveRequest(message), headroomBytes)
    writeLeaseKeepAliveRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseKeepAliveRequest(new Reader(bytes)),
}

export interface LeaseKeepAliveResponse {
  header: ResponseHeader | undefined
  id: bigint
  ttl: bigint
}

export function sizeLeaseKeepAliveResponse(m: LeaseKeepAliveResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  if (m.ttl !== 0n) size += 1 + sizeOfInt64(m.ttl)
  return size
}

export function writeLeaseKeepAliveResponse(m: LeaseKeepAliveResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.id !== 0n) {
    w.uint32(16)
    w.int64(m.id)
  }
  if (m.ttl !== 0n) {
    w.uint32(24)
    w.int64(m.ttl)
  }
}

export function decodeLeaseKeepAliveResponse(r: Reader): LeaseKeepAliveResponse {
  const m: LeaseKeepAliveResponse = { header: undefined, id: 0n, ttl: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.id = r.int64()
        break
      case 24:
        m.ttl = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseKeepAliveResponse: MessageCodec<LeaseKeepAliveResponse> & { create(init?: Partial<LeaseKeepAliveResponse>): LeaseKeepAliveResponse } = {
  create: (init) => ({ header: undefined, id: 0n, ttl: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseKeepAliveResponse(message), headroomBytes)
    writeLeaseKeepAliveResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseKeepAliveResponse(new Reader(bytes)),
}

export interface LeaseTimeToLiveRequest {
  id: bigint
  keys: boolean
}

export function sizeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequest): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  if (m.keys) size += 1 + 1
  return size
}

export function writeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequest, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.int64(m.id)
  }
  if (m.keys) {
    w.uint32(16)
    w.bool(m.keys)
  }
}

export function decodeLeaseTimeToLiveRequest(r: Reader): LeaseTimeToLiveRequest {
  const m: LeaseTimeToLiveRequest = { id: 0n, keys: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.int64()
        break
      case 16:
        m.keys = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseTimeToLiveRequest: MessageCodec<LeaseTimeToLiveRequest> & { create(init?: Partial<LeaseTimeToLiveRequest>): LeaseTimeToLiveRequest } = {
  create: (init) => ({ id: 0n, keys: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseTimeToLiveRequest(message), headroomBytes)
    writeLeaseTimeToLiveRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseTimeToLiveRequest(new Reader(bytes)),
}

export interface LeaseTimeToLiveResponse {
  header: ResponseHeader | undefined
  id: bigint
  ttl: bigint
  grantedTtl: bigint
  keys: Uint8Array[]
}

export function sizeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  if (m.ttl !== 0n) size += 1 + sizeOfInt64(m.ttl)
  if (m.grantedTtl !== 0n) size += 1 + sizeOfInt64(m.grantedTtl)
  for (const v of m.keys) size += 1 + sizeOfDelimited(v.length)
  return size
}

export function writeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.id !== 0n) {
    w.uint32(16)
    w.int64(m.id)
  }
  if (m.ttl !== 0n) {
    w.uint32(24)
    w.int64(m.ttl)
  }
  if (m.grantedTtl !== 0n) {
    w.uint32(32)
    w.int64(m.grantedTtl)
  }
  for (const v of m.keys) {
    w.uint32(42)
    w.bytes(v)
  }
}

export function decodeLeaseTimeToLiveResponse(r: Reader): LeaseTimeToLiveResponse {
  const m: LeaseTimeToLiveResponse = { header: undefined, id: 0n, ttl: 0n, grantedTtl: 0n, keys: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.id = r.int64()
        break
      case 24:
        m.ttl = r.int64()
        break
      case 32:
        m.grantedTtl = r.int64()
        break
      case 42:
        m.keys.push(r.bytes())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseTimeToLiveResponse: MessageCodec<LeaseTimeToLiveResponse> & { create(init?: Partial<LeaseTimeToLiveResponse>): LeaseTimeToLiveResponse } = {
  create: (init) => ({ header: undefined, id: 0n, ttl: 0n, grantedTtl: 0n, keys: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseTimeToLiveResponse(message), headroomBytes)
    writeLeaseTimeToLiveResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseTimeToLiveResponse(new Reader(bytes)),
}

export interface LeaseLeasesRequest {
}

export function sizeLeaseLeasesRequest(_m: LeaseLeasesRequest): number {
  return 0
}

export function writeLeaseLeasesRequest(_m: LeaseLeasesRequest, _w: Writer): void {
}

export function decodeLeaseLeasesRequest(r: Reader): LeaseLeasesRequest {
  const m: LeaseLeasesRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const LeaseLeasesRequest: MessageCodec<LeaseLeasesRequest> & { create(init?: Partial<LeaseLeasesRequest>): LeaseLeasesRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseLeasesRequest(message), headroomBytes)
    writeLeaseLeasesRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseLeasesRequest(new Reader(bytes)),
}

export interface LeaseStatus {
  id: bigint
}

export function sizeLeaseStatus(m: LeaseStatus): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfInt64(m.id)
  return size
}

export function writeLeaseStatus(m: LeaseStatus, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.int64(m.id)
  }
}

export function decodeLeaseStatus(r: Reader): LeaseStatus {
  const m: LeaseStatus = { id: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseStatus: MessageCodec<LeaseStatus> & { create(init?: Partial<LeaseStatus>): LeaseStatus } = {
  create: (init) => ({ id: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseStatus(message), headroomBytes)
    writeLeaseStatus(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseStatus(new Reader(bytes)),
}

export interface LeaseLeasesResponse {
  header: ResponseHeader | undefined
  leases: LeaseStatus[]
}

export function sizeLeaseLeasesResponse(m: LeaseLeasesResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.leases) size += 1 + sizeOfDelimited(sizeLeaseStatus(v))
  return size
}

export function writeLeaseLeasesResponse(m: LeaseLeasesResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.leases) {
    w.uint32(18)
    w.uint32(sizeLeaseStatus(v))
    writeLeaseStatus(v, w)
  }
}

export function decodeLeaseLeasesResponse(r: Reader): LeaseLeasesResponse {
  const m: LeaseLeasesResponse = { header: undefined, leases: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.leases.push(r.nested(decodeLeaseStatus))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaseLeasesResponse: MessageCodec<LeaseLeasesResponse> & { create(init?: Partial<LeaseLeasesResponse>): LeaseLeasesResponse } = {
  create: (init) => ({ header: undefined, leases: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaseLeasesResponse(message), headroomBytes)
    writeLeaseLeasesResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaseLeasesResponse(new Reader(bytes)),
}

export interface Member {
  id: bigint
  name: string
  peerUrls: string[]
  clientUrls: string[]
  isLearner: boolean
}

export function sizeMember(m: Member): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfUint64(m.id)
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  for (const v of m.peerUrls) size += 1 + sizeOfString(v)
  for (const v of m.clientUrls) size += 1 + sizeOfString(v)
  if (m.isLearner) size += 1 + 1
  return size
}

export function writeMember(m: Member, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.uint64(m.id)
  }
  if (m.name !== '') {
    w.uint32(18)
    w.string(m.name)
  }
  for (const v of m.peerUrls) {
    w.uint32(26)
    w.string(v)
  }
  for (const v of m.clientUrls) {
    w.uint32(34)
    w.string(v)
  }
  if (m.isLearner) {
    w.uint32(40)
    w.bool(m.isLearner)
  }
}

export function decodeMember(r: Reader): Member {
  const m: Member = { id: 0n, name: '', peerUrls: [], clientUrls: [], isLearner: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.uint64()
        break
      case 18:
        m.name = r.string()
        break
      case 26:
        m.peerUrls.push(r.string())
        break
      case 34:
        m.clientUrls.push(r.string())
        break
      case 40:
        m.isLearner = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Member: MessageCodec<Member> & { create(init?: Partial<Member>): Member } = {
  create: (init) => ({ id: 0n, name: '', peerUrls: [], clientUrls: [], isLearner: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMember(message), headroomBytes)
    writeMember(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMember(new Reader(bytes)),
}

export interface MemberAddRequest {
  peerUrls: string[]
  isLearner: boolean
}

export function sizeMemberAddRequest(m: MemberAddRequest): number {
  let size = 0
  for (const v of m.peerUrls) size += 1 + sizeOfString(v)
  if (m.isLearner) size += 1 + 1
  return size
}

export function writeMemberAddRequest(m: MemberAddRequest, w: Writer): void {
  for (const v of m.peerUrls) {
    w.uint32(10)
    w.string(v)
  }
  if (m.isLearner) {
    w.uint32(16)
    w.bool(m.isLearner)
  }
}

export function decodeMemberAddRequest(r: Reader): MemberAddRequest {
  const m: MemberAddRequest = { peerUrls: [], isLearner: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.peerUrls.push(r.string())
        break
      case 16:
        m.isLearner = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberAddRequest: MessageCodec<MemberAddRequest> & { create(init?: Partial<MemberAddRequest>): MemberAddRequest } = {
  create: (init) => ({ peerUrls: [], isLearner: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberAddRequest(message), headroomBytes)
    writeMemberAddRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberAddRequest(new Reader(bytes)),
}

export interface MemberAddResponse {
  header: ResponseHeader | undefined
  member: Member | undefined
  members: Member[]
}

export function sizeMemberAddResponse(m: MemberAddResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.member !== undefined) size += 1 + sizeOfDelimited(sizeMember(m.member))
  for (const v of m.members) size += 1 + sizeOfDelimited(sizeMember(v))
  return size
}

export function writeMemberAddResponse(m: MemberAddResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.member !== undefined) {
    w.uint32(18)
    w.uint32(sizeMember(m.member))
    writeMember(m.member, w)
  }
  for (const v of m.members) {
    w.uint32(26)
    w.uint32(sizeMember(v))
    writeMember(v, w)
  }
}

export function decodeMemberAddResponse(r: Reader): MemberAddResponse {
  const m: MemberAddResponse = { header: undefined, member: undefined, members: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.member = r.nested(decodeMember)
        break
      case 26:
        m.members.push(r.nested(decodeMember))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberAddResponse: MessageCodec<MemberAddResponse> & { create(init?: Partial<MemberAddResponse>): MemberAddResponse } = {
  create: (init) => ({ header: undefined, member: undefined, members: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberAddResponse(message), headroomBytes)
    writeMemberAddResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberAddResponse(new Reader(bytes)),
}

export interface MemberRemoveRequest {
  id: bigint
}

export function sizeMemberRemoveRequest(m: MemberRemoveRequest): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfUint64(m.id)
  return size
}

export function writeMemberRemoveRequest(m: MemberRemoveRequest, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.uint64(m.id)
  }
}

export function decodeMemberRemoveRequest(r: Reader): MemberRemoveRequest {
  const m: MemberRemoveRequest = { id: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.uint64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberRemoveRequest: MessageCodec<MemberRemoveRequest> & { create(init?: Partial<MemberRemoveRequest>): MemberRemoveRequest } = {
  create: (init) => ({ id: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberRemoveRequest(message), headroomBytes)
    writeMemberRemoveRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberRemoveRequest(new Reader(bytes)),
}

export interface MemberRemoveResponse {
  header: ResponseHeader | undefined
  members: Member[]
}

export function sizeMemberRemoveResponse(m: MemberRemoveResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.members) size += 1 + sizeOfDelimited(sizeMember(v))
  return size
}

export function writeMemberRemoveResponse(m: MemberRemoveResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.members) {
    w.uint32(18)
    w.uint32(sizeMember(v))
    writeMember(v, w)
  }
}

export function decodeMemberRemoveResponse(r: Reader): MemberRemoveResponse {
  const m: MemberRemoveResponse = { header: undefined, members: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.members.push(r.nested(decodeMember))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberRemoveResponse: MessageCodec<MemberRemoveResponse> & { create(init?: Partial<MemberRemoveResponse>): MemberRemoveResponse } = {
  create: (init) => ({ header: undefined, members: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberRemoveResponse(message), headroomBytes)
    writeMemberRemoveResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberRemoveResponse(new Reader(bytes)),
}

export interface MemberUpdateRequest {
  id: bigint
  peerUrls: string[]
}

export function sizeMemberUpdateRequest(m: MemberUpdateRequest): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfUint64(m.id)
  for (const v of m.peerUrls) size += 1 + sizeOfString(v)
  return size
}

export function writeMemberUpdateRequest(m: MemberUpdateRequest, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.uint64(m.id)
  }
  for (const v of m.peerUrls) {
    w.uint32(18)
    w.string(v)
  }
}

export function decodeMemberUpdateRequest(r: Reader): MemberUpdateRequest {
  const m: MemberUpdateRequest = { id: 0n, peerUrls: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.uint64()
        break
      case 18:
        m.peerUrls.push(r.string())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberUpdateRequest: MessageCodec<MemberUpdateRequest> & { create(init?: Partial<MemberUpdateRequest>): MemberUpdateRequest } = {
  create: (init) => ({ id: 0n, peerUrls: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberUpdateRequest(message), headroomBytes)
    writeMemberUpdateRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberUpdateRequest(new Reader(bytes)),
}

export interface MemberUpdateResponse {
  header: ResponseHeader | undefined
  members: Member[]
}

export function sizeMemberUpdateResponse(m: MemberUpdateResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.members) size += 1 + sizeOfDelimited(sizeMember(v))
  return size
}

export function writeMemberUpdateResponse(m: MemberUpdateResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.members) {
    w.uint32(18)
    w.uint32(sizeMember(v))
    writeMember(v, w)
  }
}

export function decodeMemberUpdateResponse(r: Reader): MemberUpdateResponse {
  const m: MemberUpdateResponse = { header: undefined, members: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.members.push(r.nested(decodeMember))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberUpdateResponse: MessageCodec<MemberUpdateResponse> & { create(init?: Partial<MemberUpdateResponse>): MemberUpdateResponse } = {
  create: (init) => ({ header: undefined, members: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberUpdateResponse(message), headroomBytes)
    writeMemberUpdateResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberUpdateResponse(new Reader(bytes)),
}

export interface MemberListRequest {
  linearizable: boolean
}

export function sizeMemberListRequest(m: MemberListRequest): number {
  let size = 0
  if (m.linearizable) size += 1 + 1
  return size
}

export function writeMemberListRequest(m: MemberListRequest, w: Writer): void {
  if (m.linearizable) {
    w.uint32(8)
    w.bool(m.linearizable)
  }
}

export function decodeMemberListRequest(r: Reader): MemberListRequest {
  const m: MemberListRequest = { linearizable: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.linearizable = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberListRequest: MessageCodec<MemberListRequest> & { create(init?: Partial<MemberListRequest>): MemberListRequest } = {
  create: (init) => ({ linearizable: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberListRequest(message), headroomBytes)
    writeMemberListRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberListRequest(new Reader(bytes)),
}

export interface MemberListResponse {
  header: ResponseHeader | undefined
  members: Member[]
}

export function sizeMemberListResponse(m: MemberListResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.members) size += 1 + sizeOfDelimited(sizeMember(v))
  return size
}

export function writeMemberListResponse(m: MemberListResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.members) {
    w.uint32(18)
    w.uint32(sizeMember(v))
    writeMember(v, w)
  }
}

export function decodeMemberListResponse(r: Reader): MemberListResponse {
  const m: MemberListResponse = { header: undefined, members: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.members.push(r.nested(decodeMember))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberListResponse: MessageCodec<MemberListResponse> & { create(init?: Partial<MemberListResponse>): MemberListResponse } = {
  create: (init) => ({ header: undefined, members: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberListResponse(message), headroomBytes)
    writeMemberListResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberListResponse(new Reader(bytes)),
}

export interface MemberPromoteRequest {
  id: bigint
}

export function sizeMemberPromoteRequest(m: MemberPromoteRequest): number {
  let size = 0
  if (m.id !== 0n) size += 1 + sizeOfUint64(m.id)
  return size
}

export function writeMemberPromoteRequest(m: MemberPromoteRequest, w: Writer): void {
  if (m.id !== 0n) {
    w.uint32(8)
    w.uint64(m.id)
  }
}

export function decodeMemberPromoteRequest(r: Reader): MemberPromoteRequest {
  const m: MemberPromoteRequest = { id: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.id = r.uint64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberPromoteRequest: MessageCodec<MemberPromoteRequest> & { create(init?: Partial<MemberPromoteRequest>): MemberPromoteRequest } = {
  create: (init) => ({ id: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberPromoteRequest(message), headroomBytes)
    writeMemberPromoteRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberPromoteRequest(new Reader(bytes)),
}

export interface MemberPromoteResponse {
  header: ResponseHeader | undefined
  members: Member[]
}

export function sizeMemberPromoteResponse(m: MemberPromoteResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.members) size += 1 + sizeOfDelimited(sizeMember(v))
  return size
}

export function writeMemberPromoteResponse(m: MemberPromoteResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.members) {
    w.uint32(18)
    w.uint32(sizeMember(v))
    writeMember(v, w)
  }
}

export function decodeMemberPromoteResponse(r: Reader): MemberPromoteResponse {
  const m: MemberPromoteResponse = { header: undefined, members: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.members.push(r.nested(decodeMember))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MemberPromoteResponse: MessageCodec<MemberPromoteResponse> & { create(init?: Partial<MemberPromoteResponse>): MemberPromoteResponse } = {
  create: (init) => ({ header: undefined, members: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMemberPromoteResponse(message), headroomBytes)
    writeMemberPromoteResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMemberPromoteResponse(new Reader(bytes)),
}

export interface AlarmRequest {
  /** One of `AlarmRequest_AlarmAction`; proto3 enums are open, so any other number may arrive. */
  action: number
  memberId: bigint
  /** One of `AlarmType`; proto3 enums are open, so any other number may arrive. */
  alarm: number
}

export function sizeAlarmRequest(m: AlarmRequest): number {
  let size = 0
  if (m.action !== 0) size += 1 + sizeOfInt32(m.action)
  if (m.memberId !== 0n) size += 1 + sizeOfUint64(m.memberId)
  if (m.alarm !== 0) size += 1 + sizeOfInt32(m.alarm)
  return size
}

export function writeAlarmRequest(m: AlarmRequest, w: Writer): void {
  if (m.action !== 0) {
    w.uint32(8)
    w.int32(m.action)
  }
  if (m.memberId !== 0n) {
    w.uint32(16)
    w.uint64(m.memberId)
  }
  if (m.alarm !== 0) {
    w.uint32(24)
    w.int32(m.alarm)
  }
}

export function decodeAlarmRequest(r: Reader): AlarmRequest {
  const m: AlarmRequest = { action: 0, memberId: 0n, alarm: 0 }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.action = r.int32()
        break
      case 16:
        m.memberId = r.uint64()
        break
      case 24:
        m.alarm = r.int32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AlarmRequest: MessageCodec<AlarmRequest> & { create(init?: Partial<AlarmRequest>): AlarmRequest } = {
  create: (init) => ({ action: 0, memberId: 0n, alarm: 0, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAlarmRequest(message), headroomBytes)
    writeAlarmRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAlarmRequest(new Reader(bytes)),
}

export interface AlarmMember {
  memberId: bigint
  /** One of `AlarmType`; proto3 enums are open, so any other number may arrive. */
  alarm: number
}

export function sizeAlarmMember(m: AlarmMember): number {
  let size = 0
  if (m.memberId !== 0n) size += 1 + sizeOfUint64(m.memberId)
  if (m.alarm !== 0) size += 1 + sizeOfInt32(m.alarm)
  return size
}

export function writeAlarmMember(m: AlarmMember, w: Writer): void {
  if (m.memberId !== 0n) {
    w.uint32(8)
    w.uint64(m.memberId)
  }
  if (m.alarm !== 0) {
    w.uint32(16)
    w.int32(m.alarm)
  }
}

export function decodeAlarmMember(r: Reader): AlarmMember {
  const m: AlarmMember = { memberId: 0n, alarm: 0 }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.memberId = r.uint64()
        break
      case 16:
        m.alarm = r.int32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AlarmMember: MessageCodec<AlarmMember> & { create(init?: Partial<AlarmMember>): AlarmMember } = {
  create: (init) => ({ memberId: 0n, alarm: 0, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAlarmMember(message), headroomBytes)
    writeAlarmMember(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAlarmMember(new Reader(bytes)),
}

export interface AlarmResponse {
  header: ResponseHeader | undefined
  alarms: AlarmMember[]
}

export function sizeAlarmResponse(m: AlarmResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.alarms) size += 1 + sizeOfDelimited(sizeAlarmMember(v))
  return size
}

export function writeAlarmResponse(m: AlarmResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.alarms) {
    w.uint32(18)
    w.uint32(sizeAlarmMember(v))
    writeAlarmMember(v, w)
  }
}

export function decodeAlarmResponse(r: Reader): AlarmResponse {
  const m: AlarmResponse = { header: undefined, alarms: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.alarms.push(r.nested(decodeAlarmMember))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AlarmResponse: MessageCodec<AlarmResponse> & { create(init?: Partial<AlarmResponse>): AlarmResponse } = {
  create: (init) => ({ header: undefined, alarms: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAlarmResponse(message), headroomBytes)
    writeAlarmResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAlarmResponse(new Reader(bytes)),
}

export interface StatusRequest {
}

export function sizeStatusRequest(_m: StatusRequest): number {
  return 0
}

export function writeStatusRequest(_m: StatusRequest, _w: Writer): void {
}

export function decodeStatusRequest(r: Reader): StatusRequest {
  const m: StatusRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const StatusRequest: MessageCodec<StatusRequest> & { create(init?: Partial<StatusRequest>): StatusRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeStatusRequest(message), headroomBytes)
    writeStatusRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeStatusRequest(new Reader(bytes)),
}

export interface StatusResponse {
  header: ResponseHeader | undefined
  version: string
  dbSize: bigint
  leader: bigint
  raftIndex: bigint
  raftTerm: bigint
  raftAppliedIndex: bigint
  errors: string[]
  dbSizeInUse: bigint
  isLearner: boolean
  storageVersion: string
  dbSizeQuota: bigint
  downgradeInfo: DowngradeInfo | undefined
}

export function sizeStatusResponse(m: StatusResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.version !== '') size += 1 + sizeOfString(m.version)
  if (m.dbSize !== 0n) size += 1 + sizeOfInt64(m.dbSize)
  if (m.leader !== 0n) size += 1 + sizeOfUint64(m.leader)
  if (m.raftIndex !== 0n) size += 1 + sizeOfUint64(m.raftIndex)
  if (m.raftTerm !== 0n) size += 1 + sizeOfUint64(m.raftTerm)
  if (m.raftAppliedIndex !== 0n) size += 1 + sizeOfUint64(m.raftAppliedIndex)
  for (const v of m.errors) size += 1 + sizeOfString(v)
  if (m.dbSizeInUse !== 0n) size += 1 + sizeOfInt64(m.dbSizeInUse)
  if (m.isLearner) size += 1 + 1
  if (m.storageVersion !== '') size += 1 + sizeOfString(m.storageVersion)
  if (m.dbSizeQuota !== 0n) size += 1 + sizeOfInt64(m.dbSizeQuota)
  if (m.downgradeInfo !== undefined) size += 1 + sizeOfDelimited(sizeDowngradeInfo(m.downgradeInfo))
  return size
}

export function writeStatusResponse(m: StatusResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.version !== '') {
    w.uint32(18)
    w.string(m.version)
  }
  if (m.dbSize !== 0n) {
    w.uint32(24)
    w.int64(m.dbSize)
  }
  if (m.leader !== 0n) {
    w.uint32(32)
    w.uint64(m.leader)
  }
  if (m.raftIndex !== 0n) {
    w.uint32(40)
    w.uint64(m.raftIndex)
  }
  if (m.raftTerm !== 0n) {
    w.uint32(48)
    w.uint64(m.raftTerm)
  }
  if (m.raftAppliedIndex !== 0n) {
    w.uint32(56)
    w.uint64(m.raftAppliedIndex)
  }
  for (const v of m.errors) {
    w.uint32(66)
    w.string(v)
  }
  if (m.dbSizeInUse !== 0n) {
    w.uint32(72)
    w.int64(m.dbSizeInUse)
  }
  if (m.isLearner) {
    w.uint32(80)
    w.bool(m.isLearner)
  }
  if (m.storageVersion !== '') {
    w.uint32(90)
    w.string(m.storageVersion)
  }
  if (m.dbSizeQuota !== 0n) {
    w.uint32(96)
    w.int64(m.dbSizeQuota)
  }
  if (m.downgradeInfo !== undefined) {
    w.uint32(106)
    w.uint32(sizeDowngradeInfo(m.downgradeInfo))
    writeDowngradeInfo(m.downgradeInfo, w)
  }
}

export function decodeStatusResponse(r: Reader): StatusResponse {
  const m: StatusResponse = { header: undefined, version: '', dbSize: 0n, leader: 0n, raftIndex: 0n, raftTerm: 0n, raftAppliedIndex: 0n, errors: [], dbSizeInUse: 0n, isLearner: false, storageVersion: '', dbSizeQuota: 0n, downgradeInfo: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.version = r.string()
        break
      case 24:
        m.dbSize = r.int64()
        break
      case 32:
        m.leader = r.uint64()
        break
      case 40:
        m.raftIndex = r.uint64()
        break
      case 48:
        m.raftTerm = r.uint64()
        break
      case 56:
        m.raftAppliedIndex = r.uint64()
        break
      case 66:
        m.errors.push(r.string())
        break
      case 72:
        m.dbSizeInUse = r.int64()
        break
      case 80:
        m.isLearner = r.bool()
        break
      case 90:
        m.storageVersion = r.string()
        break
      case 96:
        m.dbSizeQuota = r.int64()
        break
      case 106:
        m.downgradeInfo = r.nested(decodeDowngradeInfo)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const StatusResponse: MessageCodec<StatusResponse> & { create(init?: Partial<StatusResponse>): StatusResponse } = {
  create: (init) => ({ header: undefined, version: '', dbSize: 0n, leader: 0n, raftIndex: 0n, raftTerm: 0n, raftAppliedIndex: 0n, errors: [], dbSizeInUse: 0n, isLearner: false, storageVersion: '', dbSizeQuota: 0n, downgradeInfo: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeStatusResponse(message), headroomBytes)
    writeStatusResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeStatusResponse(new Reader(bytes)),
}

export interface DowngradeInfo {
  enabled: boolean
  targetVersion: string
}

export function sizeDowngradeInfo(m: DowngradeInfo): number {
  let size = 0
  if (m.enabled) size += 1 + 1
  if (m.targetVersion !== '') size += 1 + sizeOfString(m.targetVersion)
  return size
}

export function writeDowngradeInfo(m: DowngradeInfo, w: Writer): void {
  if (m.enabled) {
    w.uint32(8)
    w.bool(m.enabled)
  }
  if (m.targetVersion !== '') {
    w.uint32(18)
    w.string(m.targetVersion)
  }
}

export function decodeDowngradeInfo(r: Reader): DowngradeInfo {
  const m: DowngradeInfo = { enabled: false, targetVersion: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.enabled = r.bool()
        break
      case 18:
        m.targetVersion = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const DowngradeInfo: MessageCodec<DowngradeInfo> & { create(init?: Partial<DowngradeInfo>): DowngradeInfo } = {
  create: (init) => ({ enabled: false, targetVersion: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDowngradeInfo(message), headroomBytes)
    writeDowngradeInfo(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDowngradeInfo(new Reader(bytes)),
}

export interface DefragmentRequest {
}

export function sizeDefragmentRequest(_m: DefragmentRequest): number {
  return 0
}

export function writeDefragmentRequest(_m: DefragmentRequest, _w: Writer): void {
}

export function decodeDefragmentRequest(r: Reader): DefragmentRequest {
  const m: DefragmentRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const DefragmentRequest: MessageCodec<DefragmentRequest> & { create(init?: Partial<DefragmentRequest>): DefragmentRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDefragmentRequest(message), headroomBytes)
    writeDefragmentRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDefragmentRequest(new Reader(bytes)),
}

export interface DefragmentResponse {
  header: ResponseHeader | undefined
}

export function sizeDefragmentResponse(m: DefragmentResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeDefragmentResponse(m: DefragmentResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeDefragmentResponse(r: Reader): DefragmentResponse {
  const m: DefragmentResponse = { header: undefined }
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

export const DefragmentResponse: MessageCodec<DefragmentResponse> & { create(init?: Partial<DefragmentResponse>): DefragmentResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDefragmentResponse(message), headroomBytes)
    writeDefragmentResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDefragmentResponse(new Reader(bytes)),
}

export interface HashRequest {
}

export function sizeHashRequest(_m: HashRequest): number {
  return 0
}

export function writeHashRequest(_m: HashRequest, _w: Writer): void {
}

export function decodeHashRequest(r: Reader): HashRequest {
  const m: HashRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const HashRequest: MessageCodec<HashRequest> & { create(init?: Partial<HashRequest>): HashRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeHashRequest(message), headroomBytes)
    writeHashRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeHashRequest(new Reader(bytes)),
}

export interface HashResponse {
  header: ResponseHeader | undefined
  hash: number
}

export function sizeHashResponse(m: HashResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.hash !== 0) size += 1 + sizeOfUint32(m.hash)
  return size
}

export function writeHashResponse(m: HashResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.hash !== 0) {
    w.uint32(16)
    w.uint32(m.hash)
  }
}

export function decodeHashResponse(r: Reader): HashResponse {
  const m: HashResponse = { header: undefined, hash: 0 }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.hash = r.uint32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const HashResponse: MessageCodec<HashResponse> & { create(init?: Partial<HashResponse>): HashResponse } = {
  create: (init) => ({ header: undefined, hash: 0, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeHashResponse(message), headroomBytes)
    writeHashResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeHashResponse(new Reader(bytes)),
}

export interface HashKVRequest {
  revision: bigint
}

export function sizeHashKVRequest(m: HashKVRequest): number {
  let size = 0
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  return size
}

export function writeHashKVRequest(m: HashKVRequest, w: Writer): void {
  if (m.revision !== 0n) {
    w.uint32(8)
    w.int64(m.revision)
  }
}

export function decodeHashKVRequest(r: Reader): HashKVRequest {
  const m: HashKVRequest = { revision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.revision = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const HashKVRequest: MessageCodec<HashKVRequest> & { create(init?: Partial<HashKVRequest>): HashKVRequest } = {
  create: (init) => ({ revision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeHashKVRequest(message), headroomBytes)
    writeHashKVRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeHashKVRequest(new Reader(bytes)),
}

export interface HashKVResponse {
  header: ResponseHeader | undefined
  hash: number
  compactRevision: bigint
  hashRevision: bigint
}

export function sizeHashKVResponse(m: HashKVResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.hash !== 0) size += 1 + sizeOfUint32(m.hash)
  if (m.compactRevision !== 0n) size += 1 + sizeOfInt64(m.compactRevision)
  if (m.hashRevision !== 0n) size += 1 + sizeOfInt64(m.hashRevision)
  return size
}

export function writeHashKVResponse(m: HashKVResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.hash !== 0) {
    w.uint32(16)
    w.uint32(m.hash)
  }
  if (m.compactRevision !== 0n) {
    w.uint32(24)
    w.int64(m.compactRevision)
  }
  if (m.hashRevision !== 0n) {
    w.uint32(32)
    w.int64(m.hashRevision)
  }
}

export function decodeHashKVResponse(r: Reader): HashKVResponse {
  const m: HashKVResponse = { header: undefined, hash: 0, compactRevision: 0n, hashRevision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.hash = r.uint32()
        break
      case 24:
        m.compactRevision = r.int64()
        break
      case 32:
        m.hashRevision = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const HashKVResponse: MessageCodec<HashKVResponse> & { create(init?: Partial<HashKVResponse>): HashKVResponse } = {
  create: (init) => ({ header: undefined, hash: 0, compactRevision: 0n, hashRevision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeHashKVResponse(message), headroomBytes)
    writeHashKVResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeHashKVResponse(new Reader(bytes)),
}

export interface SnapshotRequest {
}

export function sizeSnapshotRequest(_m: SnapshotRequest): number {
  return 0
}

export function writeSnapshotRequest(_m: SnapshotRequest, _w: Writer): void {
}

export function decodeSnapshotRequest(r: Reader): SnapshotRequest {
  const m: SnapshotRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const SnapshotRequest: MessageCodec<SnapshotRequest> & { create(init?: Partial<SnapshotRequest>): SnapshotRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeSnapshotRequest(message), headroomBytes)
    writeSnapshotRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeSnapshotRequest(new Reader(bytes)),
}

export interface SnapshotResponse {
  header: ResponseHeader | undefined
  remainingBytes: bigint
  blob: Uint8Array
  version: string
}

export function sizeSnapshotResponse(m: SnapshotResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.remainingBytes !== 0n) size += 1 + sizeOfUint64(m.remainingBytes)
  if (m.blob.length > 0) size += 1 + sizeOfDelimited(m.blob.length)
  if (m.version !== '') size += 1 + sizeOfString(m.version)
  return size
}

export function writeSnapshotResponse(m: SnapshotResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.remainingBytes !== 0n) {
    w.uint32(16)
    w.uint64(m.remainingBytes)
  }
  if (m.blob.length > 0) {
    w.uint32(26)
    w.bytes(m.blob)
  }
  if (m.version !== '') {
    w.uint32(34)
    w.string(m.version)
  }
}

export function decodeSnapshotResponse(r: Reader): SnapshotResponse {
  const m: SnapshotResponse = { header: undefined, remainingBytes: 0n, blob: noBytes, version: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.remainingBytes = r.uint64()
        break
      case 26:
        m.blob = r.bytes()
        break
      case 34:
        m.version = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const SnapshotResponse: MessageCodec<SnapshotResponse> & { create(init?: Partial<SnapshotResponse>): SnapshotResponse } = {
  create: (init) => ({ header: undefined, remainingBytes: 0n, blob: noBytes, version: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeSnapshotResponse(message), headroomBytes)
    writeSnapshotResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeSnapshotResponse(new Reader(bytes)),
}

export interface MoveLeaderRequest {
  targetId: bigint
}

export function sizeMoveLeaderRequest(m: MoveLeaderRequest): number {
  let size = 0
  if (m.targetId !== 0n) size += 1 + sizeOfUint64(m.targetId)
  return size
}

export function writeMoveLeaderRequest(m: MoveLeaderRequest, w: Writer): void {
  if (m.targetId !== 0n) {
    w.uint32(8)
    w.uint64(m.targetId)
  }
}

export function decodeMoveLeaderRequest(r: Reader): MoveLeaderRequest {
  const m: MoveLeaderRequest = { targetId: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.targetId = r.uint64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const MoveLeaderRequest: MessageCodec<MoveLeaderRequest> & { create(init?: Partial<MoveLeaderRequest>): MoveLeaderRequest } = {
  create: (init) => ({ targetId: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMoveLeaderRequest(message), headroomBytes)
    writeMoveLeaderRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMoveLeaderRequest(new Reader(bytes)),
}

export interface MoveLeaderResponse {
  header: ResponseHeader | undefined
}

export function sizeMoveLeaderResponse(m: MoveLeaderResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeMoveLeaderResponse(m: MoveLeaderResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeMoveLeaderResponse(r: Reader): MoveLeaderResponse {
  const m: MoveLeaderResponse = { header: undefined }
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

export const MoveLeaderResponse: MessageCodec<MoveLeaderResponse> & { create(init?: Partial<MoveLeaderResponse>): MoveLeaderResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeMoveLeaderResponse(message), headroomBytes)
    writeMoveLeaderResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeMoveLeaderResponse(new Reader(bytes)),
}

export interface DowngradeRequest {
  /** One of `DowngradeRequest_DowngradeAction`; proto3 enums are open, so any other number may arrive. */
  action: number
  version: string
}

export function sizeDowngradeRequest(m: DowngradeRequest): number {
  let size = 0
  if (m.action !== 0) size += 1 + sizeOfInt32(m.action)
  if (m.version !== '') size += 1 + sizeOfString(m.version)
  return size
}

export function writeDowngradeRequest(m: DowngradeRequest, w: Writer): void {
  if (m.action !== 0) {
    w.uint32(8)
    w.int32(m.action)
  }
  if (m.version !== '') {
    w.uint32(18)
    w.string(m.version)
  }
}

export function decodeDowngradeRequest(r: Reader): DowngradeRequest {
  const m: DowngradeRequest = { action: 0, version: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.action = r.int32()
        break
      case 18:
        m.version = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const DowngradeRequest: MessageCodec<DowngradeRequest> & { create(init?: Partial<DowngradeRequest>): DowngradeRequest } = {
  create: (init) => ({ action: 0, version: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDowngradeRequest(message), headroomBytes)
    writeDowngradeRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDowngradeRequest(new Reader(bytes)),
}

export interface DowngradeResponse {
  header: ResponseHeader | undefined
  version: string
}

export function sizeDowngradeResponse(m: DowngradeResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.version !== '') size += 1 + sizeOfString(m.version)
  return size
}

export function writeDowngradeResponse(m: DowngradeResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.version !== '') {
    w.uint32(18)
    w.string(m.version)
  }
}

export function decodeDowngradeResponse(r: Reader): DowngradeResponse {
  const m: DowngradeResponse = { header: undefined, version: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.version = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const DowngradeResponse: MessageCodec<DowngradeResponse> & { create(init?: Partial<DowngradeResponse>): DowngradeResponse } = {
  create: (init) => ({ header: undefined, version: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDowngradeResponse(message), headroomBytes)
    writeDowngradeResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDowngradeResponse(new Reader(bytes)),
}

export interface AuthEnableRequest {
}

export function sizeAuthEnableRequest(_m: AuthEnableRequest): number {
  return 0
}

export function writeAuthEnableRequest(_m: AuthEnableRequest, _w: Writer): void {
}

export function decodeAuthEnableRequest(r: Reader): AuthEnableRequest {
  const m: AuthEnableRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const AuthEnableRequest: MessageCodec<AuthEnableRequest> & { create(init?: Partial<AuthEnableRequest>): AuthEnableRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthEnableRequest(message), headroomBytes)
    writeAuthEnableRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthEnableRequest(new Reader(bytes)),
}

export interface AuthEnableResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthEnableResponse(m: AuthEnableResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthEnableResponse(m: AuthEnableResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthEnableResponse(r: Reader): AuthEnableResponse {
  const m: AuthEnableResponse = { header: undefined }
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

export const AuthEnableResponse: MessageCodec<AuthEnableResponse> & { create(init?: Partial<AuthEnableResponse>): AuthEnableResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthEnableResponse(message), headroomBytes)
    writeAuthEnableResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthEnableResponse(new Reader(bytes)),
}

export interface AuthDisableRequest {
}

export function sizeAuthDisableRequest(_m: AuthDisableRequest): number {
  return 0
}

export function writeAuthDisableRequest(_m: AuthDisableRequest, _w: Writer): void {
}

export function decodeAuthDisableRequest(r: Reader): AuthDisableRequest {
  const m: AuthDisableRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const AuthDisableRequest: MessageCodec<AuthDisableRequest> & { create(init?: Partial<AuthDisableRequest>): AuthDisableRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthDisableRequest(message), headroomBytes)
    writeAuthDisableRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthDisableRequest(new Reader(bytes)),
}

export interface AuthDisableResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthDisableResponse(m: AuthDisableResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthDisableResponse(m: AuthDisableResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthDisableResponse(r: Reader): AuthDisableResponse {
  const m: AuthDisableResponse = { header: undefined }
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

export const AuthDisableResponse: MessageCodec<AuthDisableResponse> & { create(init?: Partial<AuthDisableResponse>): AuthDisableResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthDisableResponse(message), headroomBytes)
    writeAuthDisableResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthDisableResponse(new Reader(bytes)),
}

export interface AuthStatusRequest {
}

export function sizeAuthStatusRequest(_m: AuthStatusRequest): number {
  return 0
}

export function writeAuthStatusRequest(_m: AuthStatusRequest, _w: Writer): void {
}

export function decodeAuthStatusRequest(r: Reader): AuthStatusRequest {
  const m: AuthStatusRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const AuthStatusRequest: MessageCodec<AuthStatusRequest> & { create(init?: Partial<AuthStatusRequest>): AuthStatusRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthStatusRequest(message), headroomBytes)
    writeAuthStatusRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthStatusRequest(new Reader(bytes)),
}

export interface AuthStatusResponse {
  header: ResponseHeader | undefined
  enabled: boolean
  authRevision: bigint
}

export function sizeAuthStatusResponse(m: AuthStatusResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.enabled) size += 1 + 1
  if (m.authRevision !== 0n) size += 1 + sizeOfUint64(m.authRevision)
  return size
}

export function writeAuthStatusResponse(m: AuthStatusResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.enabled) {
    w.uint32(16)
    w.bool(m.enabled)
  }
  if (m.authRevision !== 0n) {
    w.uint32(24)
    w.uint64(m.authRevision)
  }
}

export function decodeAuthStatusResponse(r: Reader): AuthStatusResponse {
  const m: AuthStatusResponse = { header: undefined, enabled: false, authRevision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 16:
        m.enabled = r.bool()
        break
      case 24:
        m.authRevision = r.uint64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthStatusResponse: MessageCodec<AuthStatusResponse> & { create(init?: Partial<AuthStatusResponse>): AuthStatusResponse } = {
  create: (init) => ({ header: undefined, enabled: false, authRevision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthStatusResponse(message), headroomBytes)
    writeAuthStatusResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthStatusResponse(new Reader(bytes)),
}

export interface AuthenticateRequest {
  name: string
  password: string
}

export function sizeAuthenticateRequest(m: AuthenticateRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  if (m.password !== '') size += 1 + sizeOfString(m.password)
  return size
}

export function writeAuthenticateRequest(m: AuthenticateRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
  if (m.password !== '') {
    w.uint32(18)
    w.string(m.password)
  }
}

export function decodeAuthenticateRequest(r: Reader): AuthenticateRequest {
  const m: AuthenticateRequest = { name: '', password: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      case 18:
        m.password = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthenticateRequest: MessageCodec<AuthenticateRequest> & { create(init?: Partial<AuthenticateRequest>): AuthenticateRequest } = {
  create: (init) => ({ name: '', password: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthenticateRequest(message), headroomBytes)
    writeAuthenticateRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthenticateRequest(new Reader(bytes)),
}

export interface AuthenticateResponse {
  header: ResponseHeader | undefined
  token: string
}

export function sizeAuthenticateResponse(m: AuthenticateResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.token !== '') size += 1 + sizeOfString(m.token)
  return size
}

export function writeAuthenticateResponse(m: AuthenticateResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.token !== '') {
    w.uint32(18)
    w.string(m.token)
  }
}

export function decodeAuthenticateResponse(r: Reader): AuthenticateResponse {
  const m: AuthenticateResponse = { header: undefined, token: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.token = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthenticateResponse: MessageCodec<AuthenticateResponse> & { create(init?: Partial<AuthenticateResponse>): AuthenticateResponse } = {
  create: (init) => ({ header: undefined, token: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthenticateResponse(message), headroomBytes)
    writeAuthenticateResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthenticateResponse(new Reader(bytes)),
}

export interface AuthUserAddRequest {
  name: string
  password: string
  options: UserAddOptions | undefined
  hashedPassword: string
}

export function sizeAuthUserAddRequest(m: AuthUserAddRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  if (m.password !== '') size += 1 + sizeOfString(m.password)
  if (m.options !== undefined) size += 1 + sizeOfDelimited(sizeUserAddOptions(m.options))
  if (m.hashedPassword !== '') size += 1 + sizeOfString(m.hashedPassword)
  return size
}

export function writeAuthUserAddRequest(m: AuthUserAddRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
  if (m.password !== '') {
    w.uint32(18)
    w.string(m.password)
  }
  if (m.options !== undefined) {
    w.uint32(26)
    w.uint32(sizeUserAddOptions(m.options))
    writeUserAddOptions(m.options, w)
  }
  if (m.hashedPassword !== '') {
    w.uint32(34)
    w.string(m.hashedPassword)
  }
}

export function decodeAuthUserAddRequest(r: Reader): AuthUserAddRequest {
  const m: AuthUserAddRequest = { name: '', password: '', options: undefined, hashedPassword: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      case 18:
        m.password = r.string()
        break
      case 26:
        m.options = r.nested(decodeUserAddOptions)
        break
      case 34:
        m.hashedPassword = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserAddRequest: MessageCodec<AuthUserAddRequest> & { create(init?: Partial<AuthUserAddRequest>): AuthUserAddRequest } = {
  create: (init) => ({ name: '', password: '', options: undefined, hashedPassword: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserAddRequest(message), headroomBytes)
    writeAuthUserAddRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserAddRequest(new Reader(bytes)),
}

export interface AuthUserAddResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthUserAddResponse(m: AuthUserAddResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthUserAddResponse(m: AuthUserAddResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthUserAddResponse(r: Reader): AuthUserAddResponse {
  const m: AuthUserAddResponse = { header: undefined }
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

export const AuthUserAddResponse: MessageCodec<AuthUserAddResponse> & { create(init?: Partial<AuthUserAddResponse>): AuthUserAddResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserAddResponse(message), headroomBytes)
    writeAuthUserAddResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserAddResponse(new Reader(bytes)),
}

export interface AuthUserGetRequest {
  name: string
}

export function sizeAuthUserGetRequest(m: AuthUserGetRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  return size
}

export function writeAuthUserGetRequest(m: AuthUserGetRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
}

export function decodeAuthUserGetRequest(r: Reader): AuthUserGetRequest {
  const m: AuthUserGetRequest = { name: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserGetRequest: MessageCodec<AuthUserGetRequest> & { create(init?: Partial<AuthUserGetRequest>): AuthUserGetRequest } = {
  create: (init) => ({ name: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserGetRequest(message), headroomBytes)
    writeAuthUserGetRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserGetRequest(new Reader(bytes)),
}

export interface AuthUserGetResponse {
  header: ResponseHeader | undefined
  roles: string[]
}

export function sizeAuthUserGetResponse(m: AuthUserGetResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.roles) size += 1 + sizeOfString(v)
  return size
}

export function writeAuthUserGetResponse(m: AuthUserGetResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.roles) {
    w.uint32(18)
    w.string(v)
  }
}

export function decodeAuthUserGetResponse(r: Reader): AuthUserGetResponse {
  const m: AuthUserGetResponse = { header: undefined, roles: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.roles.push(r.string())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserGetResponse: MessageCodec<AuthUserGetResponse> & { create(init?: Partial<AuthUserGetResponse>): AuthUserGetResponse } = {
  create: (init) => ({ header: undefined, roles: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserGetResponse(message), headroomBytes)
    writeAuthUserGetResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserGetResponse(new Reader(bytes)),
}

export interface AuthUserListRequest {
}

export function sizeAuthUserListRequest(_m: AuthUserListRequest): number {
  return 0
}

export function writeAuthUserListRequest(_m: AuthUserListRequest, _w: Writer): void {
}

export function decodeAuthUserListRequest(r: Reader): AuthUserListRequest {
  const m: AuthUserListRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const AuthUserListRequest: MessageCodec<AuthUserListRequest> & { create(init?: Partial<AuthUserListRequest>): AuthUserListRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserListRequest(message), headroomBytes)
    writeAuthUserListRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserListRequest(new Reader(bytes)),
}

export interface AuthUserListResponse {
  header: ResponseHeader | undefined
  users: string[]
}

export function sizeAuthUserListResponse(m: AuthUserListResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.users) size += 1 + sizeOfString(v)
  return size
}

export function writeAuthUserListResponse(m: AuthUserListResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.users) {
    w.uint32(18)
    w.string(v)
  }
}

export function decodeAuthUserListResponse(r: Reader): AuthUserListResponse {
  const m: AuthUserListResponse = { header: undefined, users: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.users.push(r.string())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserListResponse: MessageCodec<AuthUserListResponse> & { create(init?: Partial<AuthUserListResponse>): AuthUserListResponse } = {
  create: (init) => ({ header: undefined, users: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserListResponse(message), headroomBytes)
    writeAuthUserListResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserListResponse(new Reader(bytes)),
}

export interface AuthUserDeleteRequest {
  name: string
}

export function sizeAuthUserDeleteRequest(m: AuthUserDeleteRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  return size
}

export function writeAuthUserDeleteRequest(m: AuthUserDeleteRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
}

export function decodeAuthUserDeleteRequest(r: Reader): AuthUserDeleteRequest {
  const m: AuthUserDeleteRequest = { name: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserDeleteRequest: MessageCodec<AuthUserDeleteRequest> & { create(init?: Partial<AuthUserDeleteRequest>): AuthUserDeleteRequest } = {
  create: (init) => ({ name: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserDeleteRequest(message), headroomBytes)
    writeAuthUserDeleteRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserDeleteRequest(new Reader(bytes)),
}

export interface AuthUserDeleteResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthUserDeleteResponse(m: AuthUserDeleteResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthUserDeleteResponse(m: AuthUserDeleteResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthUserDeleteResponse(r: Reader): AuthUserDeleteResponse {
  const m: AuthUserDeleteResponse = { header: undefined }
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

export const AuthUserDeleteResponse: MessageCodec<AuthUserDeleteResponse> & { create(init?: Partial<AuthUserDeleteResponse>): AuthUserDeleteResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserDeleteResponse(message), headroomBytes)
    writeAuthUserDeleteResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserDeleteResponse(new Reader(bytes)),
}

export interface AuthUserChangePasswordRequest {
  name: string
  password: string
  hashedPassword: string
}

export function sizeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  if (m.password !== '') size += 1 + sizeOfString(m.password)
  if (m.hashedPassword !== '') size += 1 + sizeOfString(m.hashedPassword)
  return size
}

export function writeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
  if (m.password !== '') {
    w.uint32(18)
    w.string(m.password)
  }
  if (m.hashedPassword !== '') {
    w.uint32(26)
    w.string(m.hashedPassword)
  }
}

export function decodeAuthUserChangePasswordRequest(r: Reader): AuthUserChangePasswordRequest {
  const m: AuthUserChangePasswordRequest = { name: '', password: '', hashedPassword: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      case 18:
        m.password = r.string()
        break
      case 26:
        m.hashedPassword = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserChangePasswordRequest: MessageCodec<AuthUserChangePasswordRequest> & { create(init?: Partial<AuthUserChangePasswordRequest>): AuthUserChangePasswordRequest } = {
  create: (init) => ({ name: '', password: '', hashedPassword: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserChangePasswordRequest(message), headroomBytes)
    writeAuthUserChangePasswordRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserChangePasswordRequest(new Reader(bytes)),
}

export interface AuthUserChangePasswordResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthUserChangePasswordResponse(r: Reader): AuthUserChangePasswordResponse {
  const m: AuthUserChangePasswordResponse = { header: undefined }
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

export const AuthUserChangePasswordResponse: MessageCodec<AuthUserChangePasswordResponse> & { create(init?: Partial<AuthUserChangePasswordResponse>): AuthUserChangePasswordResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserChangePasswordResponse(message), headroomBytes)
    writeAuthUserChangePasswordResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserChangePasswordResponse(new Reader(bytes)),
}

export interface AuthUserGrantRoleRequest {
  user: string
  role: string
}

export function sizeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequest): number {
  let size = 0
  if (m.user !== '') size += 1 + sizeOfString(m.user)
  if (m.role !== '') size += 1 + sizeOfString(m.role)
  return size
}

export function writeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequest, w: Writer): void {
  if (m.user !== '') {
    w.uint32(10)
    w.string(m.user)
  }
  if (m.role !== '') {
    w.uint32(18)
    w.string(m.role)
  }
}

export function decodeAuthUserGrantRoleRequest(r: Reader): AuthUserGrantRoleRequest {
  const m: AuthUserGrantRoleRequest = { user: '', role: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.user = r.string()
        break
      case 18:
        m.role = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserGrantRoleRequest: MessageCodec<AuthUserGrantRoleRequest> & { create(init?: Partial<AuthUserGrantRoleRequest>): AuthUserGrantRoleRequest } = {
  create: (init) => ({ user: '', role: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserGrantRoleRequest(message), headroomBytes)
    writeAuthUserGrantRoleRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserGrantRoleRequest(new Reader(bytes)),
}

export interface AuthUserGrantRoleResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthUserGrantRoleResponse(r: Reader): AuthUserGrantRoleResponse {
  const m: AuthUserGrantRoleResponse = { header: undefined }
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

export const AuthUserGrantRoleResponse: MessageCodec<AuthUserGrantRoleResponse> & { create(init?: Partial<AuthUserGrantRoleResponse>): AuthUserGrantRoleResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserGrantRoleResponse(message), headroomBytes)
    writeAuthUserGrantRoleResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserGrantRoleResponse(new Reader(bytes)),
}

export interface AuthUserRevokeRoleRequest {
  name: string
  role: string
}

export function sizeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  if (m.role !== '') size += 1 + sizeOfString(m.role)
  return size
}

export function writeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
  if (m.role !== '') {
    w.uint32(18)
    w.string(m.role)
  }
}

export function decodeAuthUserRevokeRoleRequest(r: Reader): AuthUserRevokeRoleRequest {
  const m: AuthUserRevokeRoleRequest = { name: '', role: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      case 18:
        m.role = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthUserRevokeRoleRequest: MessageCodec<AuthUserRevokeRoleRequest> & { create(init?: Partial<AuthUserRevokeRoleRequest>): AuthUserRevokeRoleRequest } = {
  create: (init) => ({ name: '', role: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserRevokeRoleRequest(message), headroomBytes)
    writeAuthUserRevokeRoleRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserRevokeRoleRequest(new Reader(bytes)),
}

export interface AuthUserRevokeRoleResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthUserRevokeRoleResponse(r: Reader): AuthUserRevokeRoleResponse {
  const m: AuthUserRevokeRoleResponse = { header: undefined }
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

export const AuthUserRevokeRoleResponse: MessageCodec<AuthUserRevokeRoleResponse> & { create(init?: Partial<AuthUserRevokeRoleResponse>): AuthUserRevokeRoleResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthUserRevokeRoleResponse(message), headroomBytes)
    writeAuthUserRevokeRoleResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthUserRevokeRoleResponse(new Reader(bytes)),
}

export interface AuthRoleAddRequest {
  name: string
}

export function sizeAuthRoleAddRequest(m: AuthRoleAddRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  return size
}

export function writeAuthRoleAddRequest(m: AuthRoleAddRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
}

export function decodeAuthRoleAddRequest(r: Reader): AuthRoleAddRequest {
  const m: AuthRoleAddRequest = { name: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthRoleAddRequest: MessageCodec<AuthRoleAddRequest> & { create(init?: Partial<AuthRoleAddRequest>): AuthRoleAddRequest } = {
  create: (init) => ({ name: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleAddRequest(message), headroomBytes)
    writeAuthRoleAddRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleAddRequest(new Reader(bytes)),
}

export interface AuthRoleAddResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthRoleAddResponse(m: AuthRoleAddResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthRoleAddResponse(m: AuthRoleAddResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthRoleAddResponse(r: Reader): AuthRoleAddResponse {
  const m: AuthRoleAddResponse = { header: undefined }
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

export const AuthRoleAddResponse: MessageCodec<AuthRoleAddResponse> & { create(init?: Partial<AuthRoleAddResponse>): AuthRoleAddResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleAddResponse(message), headroomBytes)
    writeAuthRoleAddResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleAddResponse(new Reader(bytes)),
}

export interface AuthRoleGetRequest {
  role: string
}

export function sizeAuthRoleGetRequest(m: AuthRoleGetRequest): number {
  let size = 0
  if (m.role !== '') size += 1 + sizeOfString(m.role)
  return size
}

export function writeAuthRoleGetRequest(m: AuthRoleGetRequest, w: Writer): void {
  if (m.role !== '') {
    w.uint32(10)
    w.string(m.role)
  }
}

export function decodeAuthRoleGetRequest(r: Reader): AuthRoleGetRequest {
  const m: AuthRoleGetRequest = { role: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.role = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthRoleGetRequest: MessageCodec<AuthRoleGetRequest> & { create(init?: Partial<AuthRoleGetRequest>): AuthRoleGetRequest } = {
  create: (init) => ({ role: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleGetRequest(message), headroomBytes)
    writeAuthRoleGetRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleGetRequest(new Reader(bytes)),
}

export interface AuthRoleGetResponse {
  header: ResponseHeader | undefined
  perm: Permission[]
}

export function sizeAuthRoleGetResponse(m: AuthRoleGetResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.perm) size += 1 + sizeOfDelimited(sizePermission(v))
  return size
}

export function writeAuthRoleGetResponse(m: AuthRoleGetResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.perm) {
    w.uint32(18)
    w.uint32(sizePermission(v))
    writePermission(v, w)
  }
}

export function decodeAuthRoleGetResponse(r: Reader): AuthRoleGetResponse {
  const m: AuthRoleGetResponse = { header: undefined, perm: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.perm.push(r.nested(decodePermission))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthRoleGetResponse: MessageCodec<AuthRoleGetResponse> & { create(init?: Partial<AuthRoleGetResponse>): AuthRoleGetResponse } = {
  create: (init) => ({ header: undefined, perm: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleGetResponse(message), headroomBytes)
    writeAuthRoleGetResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleGetResponse(new Reader(bytes)),
}

export interface AuthRoleListRequest {
}

export function sizeAuthRoleListRequest(_m: AuthRoleListRequest): number {
  return 0
}

export function writeAuthRoleListRequest(_m: AuthRoleListRequest, _w: Writer): void {
}

export function decodeAuthRoleListRequest(r: Reader): AuthRoleListRequest {
  const m: AuthRoleListRequest = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const AuthRoleListRequest: MessageCodec<AuthRoleListRequest> & { create(init?: Partial<AuthRoleListRequest>): AuthRoleListRequest } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleListRequest(message), headroomBytes)
    writeAuthRoleListRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleListRequest(new Reader(bytes)),
}

export interface AuthRoleListResponse {
  header: ResponseHeader | undefined
  roles: string[]
}

export function sizeAuthRoleListResponse(m: AuthRoleListResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  for (const v of m.roles) size += 1 + sizeOfString(v)
  return size
}

export function writeAuthRoleListResponse(m: AuthRoleListResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  for (const v of m.roles) {
    w.uint32(18)
    w.string(v)
  }
}

export function decodeAuthRoleListResponse(r: Reader): AuthRoleListResponse {
  const m: AuthRoleListResponse = { header: undefined, roles: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.roles.push(r.string())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthRoleListResponse: MessageCodec<AuthRoleListResponse> & { create(init?: Partial<AuthRoleListResponse>): AuthRoleListResponse } = {
  create: (init) => ({ header: undefined, roles: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleListResponse(message), headroomBytes)
    writeAuthRoleListResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleListResponse(new Reader(bytes)),
}

export interface AuthRoleDeleteRequest {
  role: string
}

export function sizeAuthRoleDeleteRequest(m: AuthRoleDeleteRequest): number {
  let size = 0
  if (m.role !== '') size += 1 + sizeOfString(m.role)
  return size
}

export function writeAuthRoleDeleteRequest(m: AuthRoleDeleteRequest, w: Writer): void {
  if (m.role !== '') {
    w.uint32(10)
    w.string(m.role)
  }
}

export function decodeAuthRoleDeleteRequest(r: Reader): AuthRoleDeleteRequest {
  const m: AuthRoleDeleteRequest = { role: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.role = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthRoleDeleteRequest: MessageCodec<AuthRoleDeleteRequest> & { create(init?: Partial<AuthRoleDeleteRequest>): AuthRoleDeleteRequest } = {
  create: (init) => ({ role: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleDeleteRequest(message), headroomBytes)
    writeAuthRoleDeleteRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleDeleteRequest(new Reader(bytes)),
}

export interface AuthRoleDeleteResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthRoleDeleteResponse(m: AuthRoleDeleteResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthRoleDeleteResponse(m: AuthRoleDeleteResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthRoleDeleteResponse(r: Reader): AuthRoleDeleteResponse {
  const m: AuthRoleDeleteResponse = { header: undefined }
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

export const AuthRoleDeleteResponse: MessageCodec<AuthRoleDeleteResponse> & { create(init?: Partial<AuthRoleDeleteResponse>): AuthRoleDeleteResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleDeleteResponse(message), headroomBytes)
    writeAuthRoleDeleteResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleDeleteResponse(new Reader(bytes)),
}

export interface AuthRoleGrantPermissionRequest {
  name: string
  perm: Permission | undefined
}

export function sizeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequest): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  if (m.perm !== undefined) size += 1 + sizeOfDelimited(sizePermission(m.perm))
  return size
}

export function writeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequest, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
  if (m.perm !== undefined) {
    w.uint32(18)
    w.uint32(sizePermission(m.perm))
    writePermission(m.perm, w)
  }
}

export function decodeAuthRoleGrantPermissionRequest(r: Reader): AuthRoleGrantPermissionRequest {
  const m: AuthRoleGrantPermissionRequest = { name: '', perm: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string()
        break
      case 18:
        m.perm = r.nested(decodePermission)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthRoleGrantPermissionRequest: MessageCodec<AuthRoleGrantPermissionRequest> & { create(init?: Partial<AuthRoleGrantPermissionRequest>): AuthRoleGrantPermissionRequest } = {
  create: (init) => ({ name: '', perm: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleGrantPermissionRequest(message), headroomBytes)
    writeAuthRoleGrantPermissionRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleGrantPermissionRequest(new Reader(bytes)),
}

export interface AuthRoleGrantPermissionResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthRoleGrantPermissionResponse(r: Reader): AuthRoleGrantPermissionResponse {
  const m: AuthRoleGrantPermissionResponse = { header: undefined }
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

export const AuthRoleGrantPermissionResponse: MessageCodec<AuthRoleGrantPermissionResponse> & { create(init?: Partial<AuthRoleGrantPermissionResponse>): AuthRoleGrantPermissionResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleGrantPermissionResponse(message), headroomBytes)
    writeAuthRoleGrantPermissionResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleGrantPermissionResponse(new Reader(bytes)),
}

export interface AuthRoleRevokePermissionRequest {
  role: string
  key: Uint8Array
  rangeEnd: Uint8Array
}

export function sizeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequest): number {
  let size = 0
  if (m.role !== '') size += 1 + sizeOfString(m.role)
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.rangeEnd.length > 0) size += 1 + sizeOfDelimited(m.rangeEnd.length)
  return size
}

export function writeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequest, w: Writer): void {
  if (m.role !== '') {
    w.uint32(10)
    w.string(m.role)
  }
  if (m.key.length > 0) {
    w.uint32(18)
    w.bytes(m.key)
  }
  if (m.rangeEnd.length > 0) {
    w.uint32(26)
    w.bytes(m.rangeEnd)
  }
}

export function decodeAuthRoleRevokePermissionRequest(r: Reader): AuthRoleRevokePermissionRequest {
  const m: AuthRoleRevokePermissionRequest = { role: '', key: noBytes, rangeEnd: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.role = r.string()
        break
      case 18:
        m.key = r.bytes()
        break
      case 26:
        m.rangeEnd = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const AuthRoleRevokePermissionRequest: MessageCodec<AuthRoleRevokePermissionRequest> & { create(init?: Partial<AuthRoleRevokePermissionRequest>): AuthRoleRevokePermissionRequest } = {
  create: (init) => ({ role: '', key: noBytes, rangeEnd: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleRevokePermissionRequest(message), headroomBytes)
    writeAuthRoleRevokePermissionRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleRevokePermissionRequest(new Reader(bytes)),
}

export interface AuthRoleRevokePermissionResponse {
  header: ResponseHeader | undefined
}

export function sizeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeAuthRoleRevokePermissionResponse(r: Reader): AuthRoleRevokePermissionResponse {
  const m: AuthRoleRevokePermissionResponse = { header: undefined }
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

export const AuthRoleRevokePermissionResponse: MessageCodec<AuthRoleRevokePermissionResponse> & { create(init?: Partial<AuthRoleRevokePermissionResponse>): AuthRoleRevokePermissionResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeAuthRoleRevokePermissionResponse(message), headroomBytes)
    writeAuthRoleRevokePermissionResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeAuthRoleRevokePermissionResponse(new Reader(bytes)),
}

export const KV = {
  range: {
    path: '/etcdserverpb.KV/Range',
    kind: 'unary',
    request: RangeRequest,
    response: RangeResponse,
  } satisfies Method<RangeRequest, RangeResponse>,
  put: {
    path: '/etcdserverpb.KV/Put',
    kind: 'unary',
    request: PutRequest,
    response: PutResponse,
  } satisfies Method<PutRequest, PutResponse>,
  deleteRange: {
    path: '/etcdserverpb.KV/DeleteRange',
    kind: 'unary',
    request: DeleteRangeRequest,
    response: DeleteRangeResponse,
  } satisfies Method<DeleteRangeRequest, DeleteRangeResponse>,
  txn: {
    path: '/etcdserverpb.KV/Txn',
    kind: 'unary',
    request: TxnRequest,
    response: TxnResponse,
  } satisfies Method<TxnRequest, TxnResponse>,
  compact: {
    path: '/etcdserverpb.KV/Compact',
    kind: 'unary',
    request: CompactionRequest,
    response: CompactionResponse,
  } satisfies Method<CompactionRequest, CompactionResponse>,
  rangeStream: {
    path: '/etcdserverpb.KV/RangeStream',
    kind: 'server-stream',
    request: RangeRequest,
    response: RangeStreamResponse,
  } satisfies Method<RangeRequest, RangeStreamResponse>,
} as const

export const Watch = {
  watch: {
    path: '/etcdserverpb.Watch/Watch',
    kind: 'bidi',
    request: WatchRequest,
    response: WatchResponse,
  } satisfies Method<WatchRequest, WatchResponse>,
} as const

export const Lease = {
  leaseGrant: {
    path: '/etcdserverpb.Lease/LeaseGrant',
    kind: 'unary',
    request: LeaseGrantRequest,
    response: LeaseGrantResponse,
  } satisfies Method<LeaseGrantRequest, LeaseGrantResponse>,
  leaseRevoke: {
    path: '/etcdserverpb.Lease/LeaseRevoke',
    kind: 'unary',
    request: LeaseRevokeRequest,
    response: LeaseRevokeResponse,
  } satisfies Method<LeaseRevokeRequest, LeaseRevokeResponse>,
  leaseKeepAlive: {
    path: '/etcdserverpb.Lease/LeaseKeepAlive',
    kind: 'bidi',
    request: LeaseKeepAliveRequest,
    response: LeaseKeepAliveResponse,
  } satisfies Method<LeaseKeepAliveRequest, LeaseKeepAliveResponse>,
  leaseTimeToLive: {
    path: '/etcdserverpb.Lease/LeaseTimeToLive',
    kind: 'unary',
    request: LeaseTimeToLiveRequest,
    response: LeaseTimeToLiveResponse,
  } satisfies Method<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>,
  leaseLeases: {
    path: '/etcdserverpb.Lease/LeaseLeases',
    kind: 'unary',
    request: LeaseLeasesRequest,
    response: LeaseLeasesResponse,
  } satisfies Method<LeaseLeasesRequest, LeaseLeasesResponse>,
} as const

export const Cluster = {
  memberAdd: {
    path: '/etcdserverpb.Cluster/MemberAdd',
    kind: 'unary',
    request: MemberAddRequest,
    response: MemberAddResponse,
  } satisfies Method<MemberAddRequest, MemberAddResponse>,
  memberRemove: {
    path: '/etcdserverpb.Cluster/MemberRemove',
    kind: 'unary',
    request: MemberRemoveRequest,
    response: MemberRemoveResponse,
  } satisfies Method<MemberRemoveRequest, MemberRemoveResponse>,
  memberUpdate: {
    path: '/etcdserverpb.Cluster/MemberUpdate',
    kind: 'unary',
    request: MemberUpdateRequest,
    response: MemberUpdateResponse,
  } satisfies Method<MemberUpdateRequest, MemberUpdateResponse>,
  memberList: {
    path: '/etcdserverpb.Cluster/MemberList',
    kind: 'unary',
    request: MemberListRequest,
    response: MemberListResponse,
  } satisfies Method<MemberListRequest, MemberListResponse>,
  memberPromote: {
    path: '/etcdserverpb.Cluster/MemberPromote',
    kind: 'unary',
    request: MemberPromoteRequest,
    response: MemberPromoteResponse,
  } satisfies Method<MemberPromoteRequest, MemberPromoteResponse>,
} as const

export const Maintenance = {
  alarm: {
    path: '/etcdserverpb.Maintenance/Alarm',
    kind: 'unary',
    request: AlarmRequest,
    response: AlarmResponse,
  } satisfies Method<AlarmRequest, AlarmResponse>,
  status: {
    path: '/etcdserverpb.Maintenance/Status',
    kind: 'unary',
    request: StatusRequest,
    response: StatusResponse,
  } satisfies Method<StatusRequest, StatusResponse>,
  defragment: {
    path: '/etcdserverpb.Maintenance/Defragment',
    kind: 'unary',
    request: DefragmentRequest,
    response: DefragmentResponse,
  } satisfies Method<DefragmentRequest, DefragmentResponse>,
  hash: {
    path: '/etcdserverpb.Maintenance/Hash',
    kind: 'unary',
    request: HashRequest,
    response: HashResponse,
  } satisfies Method<HashRequest, HashResponse>,
  hashKV: {
    path: '/etcdserverpb.Maintenance/HashKV',
    kind: 'unary',
    request: HashKVRequest,
    response: HashKVResponse,
  } satisfies Method<HashKVRequest, HashKVResponse>,
  snapshot: {
    path: '/etcdserverpb.Maintenance/Snapshot',
    kind: 'server-stream',
    request: SnapshotRequest,
    response: SnapshotResponse,
  } satisfies Method<SnapshotRequest, SnapshotResponse>,
  moveLeader: {
    path: '/etcdserverpb.Maintenance/MoveLeader',
    kind: 'unary',
    request: MoveLeaderRequest,
    response: MoveLeaderResponse,
  } satisfies Method<MoveLeaderRequest, MoveLeaderResponse>,
  downgrade: {
    path: '/etcdserverpb.Maintenance/Downgrade',
    kind: 'unary',
    request: DowngradeRequest,
    response: DowngradeResponse,
  } satisfies Method<DowngradeRequest, DowngradeResponse>,
} as const

export const Auth = {
  authEnable: {
    path: '/etcdserverpb.Auth/AuthEnable',
    kind: 'unary',
    request: AuthEnableRequest,
    response: AuthEnableResponse,
  } satisfies Method<AuthEnableRequest, AuthEnableResponse>,
  authDisable: {
    path: '/etcdserverpb.Auth/AuthDisable',
    kind: 'unary',
    request: AuthDisableRequest,
    response: AuthDisableResponse,
  } satisfies Method<AuthDisableRequest, AuthDisableResponse>,
  authStatus: {
    path: '/etcdserverpb.Auth/AuthStatus',
    kind: 'unary',
    request: AuthStatusRequest,
    response: AuthStatusResponse,
  } satisfies Method<AuthStatusRequest, AuthStatusResponse>,
  authenticate: {
    path: '/etcdserverpb.Auth/Authenticate',
    kind: 'unary',
    request: AuthenticateRequest,
    response: AuthenticateResponse,
  } satisfies Method<AuthenticateRequest, AuthenticateResponse>,
  userAdd: {
    path: '/etcdserverpb.Auth/UserAdd',
    kind: 'unary',
    request: AuthUserAddRequest,
    response: AuthUserAddResponse,
  } satisfies Method<AuthUserAddRequest, AuthUserAddResponse>,
  userGet: {
    path: '/etcdserverpb.Auth/UserGet',
    kind: 'unary',
    request: AuthUserGetRequest,
    response: AuthUserGetResponse,
  } satisfies Method<AuthUserGetRequest, AuthUserGetResponse>,
  userList: {
    path: '/etcdserverpb.Auth/UserList',
    kind: 'unary',
    request: AuthUserListRequest,
    response: AuthUserListResponse,
  } satisfies Method<AuthUserListRequest, AuthUserListResponse>,
  userDelete: {
    path: '/etcdserverpb.Auth/UserDelete',
    kind: 'unary',
    request: AuthUserDeleteRequest,
    response: AuthUserDeleteResponse,
  } satisfies Method<AuthUserDeleteRequest, AuthUserDeleteResponse>,
  userChangePassword: {
    path: '/etcdserverpb.Auth/UserChangePassword',
    kind: 'unary',
    request: AuthUserChangePasswordRequest,
    response: AuthUserChangePasswordResponse,
  } satisfies Method<AuthUserChangePasswordRequest, AuthUserChangePasswordResponse>,
  userGrantRole: {
    path: '/etcdserverpb.Auth/UserGrantRole',
    kind: 'unary',
    request: AuthUserGrantRoleRequest,
    response: AuthUserGrantRoleResponse,
  } satisfies Method<AuthUserGrantRoleRequest, AuthUserGrantRoleResponse>,
  userRevokeRole: {
    path: '/etcdserverpb.Auth/UserRevokeRole',
    kind: 'unary',
    request: AuthUserRevokeRoleRequest,
    response: AuthUserRevokeRoleResponse,
  } satisfies Method<AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse>,
  roleAdd: {
    path: '/etcdserverpb.Auth/RoleAdd',
    kind: 'unary',
    request: AuthRoleAddRequest,
    response: AuthRoleAddResponse,
  } satisfies Method<AuthRoleAddRequest, AuthRoleAddResponse>,
  roleGet: {
    path: '/etcdserverpb.Auth/RoleGet',
    kind: 'unary',
    request: AuthRoleGetRequest,
    response: AuthRoleGetResponse,
  } satisfies Method<AuthRoleGetRequest, AuthRoleGetResponse>,
  roleList: {
    path: '/etcdserverpb.Auth/RoleList',
    kind: 'unary',
    request: AuthRoleListRequest,
    response: AuthRoleListResponse,
  } satisfies Method<AuthRoleListRequest, AuthRoleListResponse>,
  roleDelete: {
    path: '/etcdserverpb.Auth/RoleDelete',
    kind: 'unary',
    request: AuthRoleDeleteRequest,
    response: AuthRoleDeleteResponse,
  } satisfies Method<AuthRoleDeleteRequest, AuthRoleDeleteResponse>,
  roleGrantPermission: {
    path: '/etcdserverpb.Auth/RoleGrantPermission',
    kind: 'unary',
    request: AuthRoleGrantPermissionRequest,
    response: AuthRoleGrantPermissionResponse,
  } satisfies Method<AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse>,
  roleRevokePermission: {
    path: '/etcdserverpb.Auth/RoleRevokePermission',
    kind: 'unary',
    request: AuthRoleRevokePermissionRequest,
    response: AuthRoleRevokePermissionResponse,
  } satisfies Method<AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse>,
} as const
