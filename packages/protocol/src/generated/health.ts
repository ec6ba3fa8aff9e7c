// Generated from proto/health.proto by `npm run generate`. Do not edit.

import type { MessageCodec, Method } from '@waypost/rpc'
import { Reader } from '../wire/reader.ts'
import { sizeOfInt32, sizeOfString, Writer } from '../wire/writer.ts'

export const HealthCheckResponse_ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
} as const
export type HealthCheckResponse_ServingStatus = (typeof HealthCheckResponse_ServingStatus)[keyof typeof HealthCheckResponse_ServingStatus]

export interface HealthCheckRequest {
  service: string
}

export function sizeHealthCheckRequest(m: HealthCheckRequest): number {
  let size = 0
  if (m.service !== '') size += 1 + sizeOfString(m.service)
  return size
}

export function writeHealthCheckRequest(m: HealthCheckRequest, w: Writer): void {
  if (m.service !== '') {
    w.uint32(10)
    w.string(m.service)
  }
}

export function decodeHealthCheckRequest(r: Reader): HealthCheckRequest {
  const m: HealthCheckRequest = { service: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.service = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const HealthCheckRequest: MessageCodec<HealthCheckRequest> & { create(init?: Partial<HealthCheckRequest>): HealthCheckRequest } = {
  create: (init) => ({ service: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeHealthCheckRequest(message), headroomBytes)
    writeHealthCheckRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeHealthCheckRequest(new Reader(bytes)),
}

export interface HealthCheckResponse {
  /** One of `HealthCheckResponse_ServingStatus`; proto3 enums are open, so any other number may arrive. */
  status: number
}

export function sizeHealthCheckResponse(m: HealthCheckResponse): number {
  let size = 0
  if (m.status !== 0) size += 1 + sizeOfInt32(m.status)
  return size
}

export function writeHealthCheckResponse(m: HealthCheckResponse, w: Writer): void {
  if (m.status !== 0) {
    w.uint32(8)
    w.int32(m.status)
  }
}

export function decodeHealthCheckResponse(r: Reader): HealthCheckResponse {
  const m: HealthCheckResponse = { status: 0 }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.status = r.int32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const HealthCheckResponse: MessageCodec<HealthCheckResponse> & { create(init?: Partial<HealthCheckResponse>): HealthCheckResponse } = {
  create: (init) => ({ status: 0, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeHealthCheckResponse(message), headroomBytes)
    writeHealthCheckResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeHealthCheckResponse(new Reader(bytes)),
}

export const Health = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    kind: 'unary',
    request: HealthCheckRequest,
    response: HealthCheckResponse,
  } satisfies Method<HealthCheckRequest, HealthCheckResponse>,
  watch: {
    path: '/grpc.health.v1.Health/Watch',
    kind: 'server-stream',
    request: HealthCheckRequest,
    response: HealthCheckResponse,
  } satisfies Method<HealthCheckRequest, HealthCheckResponse>,
} as const
