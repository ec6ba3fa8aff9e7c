// Generated from proto/election.proto by `npm run generate`. Do not edit.

import type { MessageCodec, Method } from '@waypost/rpc'
import { noBytes, Reader } from '../wire/reader.ts'
import { sizeOfDelimited, sizeOfInt64, Writer } from '../wire/writer.ts'
import { ResponseHeader, decodeResponseHeader, sizeResponseHeader, writeResponseHeader } from './rpc.ts'
import { KeyValue, decodeKeyValue, sizeKeyValue, writeKeyValue } from './kv.ts'

export interface CampaignRequest {
  name: Uint8Array
  lease: bigint
  value: Uint8Array
}

export function sizeCampaignRequest(m: CampaignRequest): number {
  let size = 0
  if (m.name.length > 0) size += 1 + sizeOfDelimited(m.name.length)
  if (m.lease !== 0n) size += 1 + sizeOfInt64(m.lease)
  if (m.value.length > 0) size += 1 + sizeOfDelimited(m.value.length)
  return size
}

export function writeCampaignRequest(m: CampaignRequest, w: Writer): void {
  if (m.name.length > 0) {
    w.uint32(10)
    w.bytes(m.name)
  }
  if (m.lease !== 0n) {
    w.uint32(16)
    w.int64(m.lease)
  }
  if (m.value.length > 0) {
    w.uint32(26)
    w.bytes(m.value)
  }
}

export function decodeCampaignRequest(r: Reader): CampaignRequest {
  const m: CampaignRequest = { name: noBytes, lease: 0n, value: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.bytes()
        break
      case 16:
        m.lease = r.int64()
        break
      case 26:
        m.value = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const CampaignRequest: MessageCodec<CampaignRequest> & { create(init?: Partial<CampaignRequest>): CampaignRequest } = {
  create: (init) => ({ name: noBytes, lease: 0n, value: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeCampaignRequest(message), headroomBytes)
    writeCampaignRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeCampaignRequest(new Reader(bytes)),
}

export interface CampaignResponse {
  header: ResponseHeader | undefined
  leader: LeaderKey | undefined
}

export function sizeCampaignResponse(m: CampaignResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.leader !== undefined) size += 1 + sizeOfDelimited(sizeLeaderKey(m.leader))
  return size
}

export function writeCampaignResponse(m: CampaignResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.leader !== undefined) {
    w.uint32(18)
    w.uint32(sizeLeaderKey(m.leader))
    writeLeaderKey(m.leader, w)
  }
}

export function decodeCampaignResponse(r: Reader): CampaignResponse {
  const m: CampaignResponse = { header: undefined, leader: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.leader = r.nested(decodeLeaderKey)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const CampaignResponse: MessageCodec<CampaignResponse> & { create(init?: Partial<CampaignResponse>): CampaignResponse } = {
  create: (init) => ({ header: undefined, leader: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeCampaignResponse(message), headroomBytes)
    writeCampaignResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeCampaignResponse(new Reader(bytes)),
}

export interface LeaderKey {
  name: Uint8Array
  key: Uint8Array
  rev: bigint
  lease: bigint
}

export function sizeLeaderKey(m: LeaderKey): number {
  let size = 0
  if (m.name.length > 0) size += 1 + sizeOfDelimited(m.name.length)
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.rev !== 0n) size += 1 + sizeOfInt64(m.rev)
  if (m.lease !== 0n) size += 1 + sizeOfInt64(m.lease)
  return size
}

export function writeLeaderKey(m: LeaderKey, w: Writer): void {
  if (m.name.length > 0) {
    w.uint32(10)
    w.bytes(m.name)
  }
  if (m.key.length > 0) {
    w.uint32(18)
    w.bytes(m.key)
  }
  if (m.rev !== 0n) {
    w.uint32(24)
    w.int64(m.rev)
  }
  if (m.lease !== 0n) {
    w.uint32(32)
    w.int64(m.lease)
  }
}

export function decodeLeaderKey(r: Reader): LeaderKey {
  const m: LeaderKey = { name: noBytes, key: noBytes, rev: 0n, lease: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.bytes()
        break
      case 18:
        m.key = r.bytes()
        break
      case 24:
        m.rev = r.int64()
        break
      case 32:
        m.lease = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaderKey: MessageCodec<LeaderKey> & { create(init?: Partial<LeaderKey>): LeaderKey } = {
  create: (init) => ({ name: noBytes, key: noBytes, rev: 0n, lease: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaderKey(message), headroomBytes)
    writeLeaderKey(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaderKey(new Reader(bytes)),
}

export interface LeaderRequest {
  name: Uint8Array
}

export function sizeLeaderRequest(m: LeaderRequest): number {
  let size = 0
  if (m.name.length > 0) size += 1 + sizeOfDelimited(m.name.length)
  return size
}

export function writeLeaderRequest(m: LeaderRequest, w: Writer): void {
  if (m.name.length > 0) {
    w.uint32(10)
    w.bytes(m.name)
  }
}

export function decodeLeaderRequest(r: Reader): LeaderRequest {
  const m: LeaderRequest = { name: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaderRequest: MessageCodec<LeaderRequest> & { create(init?: Partial<LeaderRequest>): LeaderRequest } = {
  create: (init) => ({ name: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaderRequest(message), headroomBytes)
    writeLeaderRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaderRequest(new Reader(bytes)),
}

export interface LeaderResponse {
  header: ResponseHeader | undefined
  kv: KeyValue | undefined
}

export function sizeLeaderResponse(m: LeaderResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  if (m.kv !== undefined) size += 1 + sizeOfDelimited(sizeKeyValue(m.kv))
  return size
}

export function writeLeaderResponse(m: LeaderResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
  if (m.kv !== undefined) {
    w.uint32(18)
    w.uint32(sizeKeyValue(m.kv))
    writeKeyValue(m.kv, w)
  }
}

export function decodeLeaderResponse(r: Reader): LeaderResponse {
  const m: LeaderResponse = { header: undefined, kv: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.header = r.nested(decodeResponseHeader)
        break
      case 18:
        m.kv = r.nested(decodeKeyValue)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const LeaderResponse: MessageCodec<LeaderResponse> & { create(init?: Partial<LeaderResponse>): LeaderResponse } = {
  create: (init) => ({ header: undefined, kv: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeLeaderResponse(message), headroomBytes)
    writeLeaderResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeLeaderResponse(new Reader(bytes)),
}

export interface ResignRequest {
  leader: LeaderKey | undefined
}

export function sizeResignRequest(m: ResignRequest): number {
  let size = 0
  if (m.leader !== undefined) size += 1 + sizeOfDelimited(sizeLeaderKey(m.leader))
  return size
}

export function writeResignRequest(m: ResignRequest, w: Writer): void {
  if (m.leader !== undefined) {
    w.uint32(10)
    w.uint32(sizeLeaderKey(m.leader))
    writeLeaderKey(m.leader, w)
  }
}

export function decodeResignRequest(r: Reader): ResignRequest {
  const m: ResignRequest = { leader: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.leader = r.nested(decodeLeaderKey)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ResignRequest: MessageCodec<ResignRequest> & { create(init?: Partial<ResignRequest>): ResignRequest } = {
  create: (init) => ({ leader: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeResignRequest(message), headroomBytes)
    writeResignRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeResignRequest(new Reader(bytes)),
}

export interface ResignResponse {
  header: ResponseHeader | undefined
}

export function sizeResignResponse(m: ResignResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeResignResponse(m: ResignResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeResignResponse(r: Reader): ResignResponse {
  const m: ResignResponse = { header: undefined }
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

export const ResignResponse: MessageCodec<ResignResponse> & { create(init?: Partial<ResignResponse>): ResignResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeResignResponse(message), headroomBytes)
    writeResignResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeResignResponse(new Reader(bytes)),
}

export interface ProclaimRequest {
  leader: LeaderKey | undefined
  value: Uint8Array
}

export function sizeProclaimRequest(m: ProclaimRequest): number {
  let size = 0
  if (m.leader !== undefined) size += 1 + sizeOfDelimited(sizeLeaderKey(m.leader))
  if (m.value.length > 0) size += 1 + sizeOfDelimited(m.value.length)
  return size
}

export function writeProclaimRequest(m: ProclaimRequest, w: Writer): void {
  if (m.leader !== undefined) {
    w.uint32(10)
    w.uint32(sizeLeaderKey(m.leader))
    writeLeaderKey(m.leader, w)
  }
  if (m.value.length > 0) {
    w.uint32(18)
    w.bytes(m.value)
  }
}

export function decodeProclaimRequest(r: Reader): ProclaimRequest {
  const m: ProclaimRequest = { leader: undefined, value: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.leader = r.nested(decodeLeaderKey)
        break
      case 18:
        m.value = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ProclaimRequest: MessageCodec<ProclaimRequest> & { create(init?: Partial<ProclaimRequest>): ProclaimRequest } = {
  create: (init) => ({ leader: undefined, value: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeProclaimRequest(message), headroomBytes)
    writeProclaimRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeProclaimRequest(new Reader(bytes)),
}

export interface ProclaimResponse {
  header: ResponseHeader | undefined
}

export function sizeProclaimResponse(m: ProclaimResponse): number {
  let size = 0
  if (m.header !== undefined) size += 1 + sizeOfDelimited(sizeResponseHeader(m.header))
  return size
}

export function writeProclaimResponse(m: ProclaimResponse, w: Writer): void {
  if (m.header !== undefined) {
    w.uint32(10)
    w.uint32(sizeResponseHeader(m.header))
    writeResponseHeader(m.header, w)
  }
}

export function decodeProclaimResponse(r: Reader): ProclaimResponse {
  const m: ProclaimResponse = { header: undefined }
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

export const ProclaimResponse: MessageCodec<ProclaimResponse> & { create(init?: Partial<ProclaimResponse>): ProclaimResponse } = {
  create: (init) => ({ header: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeProclaimResponse(message), headroomBytes)
    writeProclaimResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeProclaimResponse(new Reader(bytes)),
}

export const Election = {
  campaign: {
    path: '/v3electionpb.Election/Campaign',
    kind: 'unary',
    request: CampaignRequest,
    response: CampaignResponse,
  } satisfies Method<CampaignRequest, CampaignResponse>,
  proclaim: {
    path: '/v3electionpb.Election/Proclaim',
    kind: 'unary',
    request: ProclaimRequest,
    response: ProclaimResponse,
  } satisfies Method<ProclaimRequest, ProclaimResponse>,
  leader: {
    path: '/v3electionpb.Election/Leader',
    kind: 'unary',
    request: LeaderRequest,
    response: LeaderResponse,
  } satisfies Method<LeaderRequest, LeaderResponse>,
  observe: {
    path: '/v3electionpb.Election/Observe',
    kind: 'server-stream',
    request: LeaderRequest,
    response: LeaderResponse,
  } satisfies Method<LeaderRequest, LeaderResponse>,
  resign: {
    path: '/v3electionpb.Election/Resign',
    kind: 'unary',
    request: ResignRequest,
    response: ResignResponse,
  } satisfies Method<ResignRequest, ResignResponse>,
} as const
