// Generated from proto/reflection.proto by `npm run generate`. Do not edit.

import type { MessageCodec, Method } from '@waypost/rpc'
import { Reader } from '@waypost/protocol/wire'
import { sizeOfDelimited, sizeOfInt32, sizeOfString, Writer } from '@waypost/protocol/wire'

export interface ServerReflectionRequest {
  host: string
  fileByFilename: string | undefined
  fileContainingSymbol: string | undefined
  fileContainingExtension: ExtensionRequest | undefined
  allExtensionNumbersOfType: string | undefined
  listServices: string | undefined
}

export function sizeServerReflectionRequest(m: ServerReflectionRequest): number {
  let size = 0
  if (m.host !== '') size += 1 + sizeOfString(m.host)
  if (m.fileByFilename !== undefined) size += 1 + sizeOfString(m.fileByFilename)
  if (m.fileContainingSymbol !== undefined) size += 1 + sizeOfString(m.fileContainingSymbol)
  if (m.fileContainingExtension !== undefined) size += 1 + sizeOfDelimited(sizeExtensionRequest(m.fileContainingExtension))
  if (m.allExtensionNumbersOfType !== undefined) size += 1 + sizeOfString(m.allExtensionNumbersOfType)
  if (m.listServices !== undefined) size += 1 + sizeOfString(m.listServices)
  return size
}

export function writeServerReflectionRequest(m: ServerReflectionRequest, w: Writer): void {
  if (m.host !== '') {
    w.uint32(10)
    w.string(m.host)
  }
  if (m.fileByFilename !== undefined) {
    w.uint32(26)
    w.string(m.fileByFilename)
  }
  if (m.fileContainingSymbol !== undefined) {
    w.uint32(34)
    w.string(m.fileContainingSymbol)
  }
  if (m.fileContainingExtension !== undefined) {
    w.uint32(42)
    w.uint32(sizeExtensionRequest(m.fileContainingExtension))
    writeExtensionRequest(m.fileContainingExtension, w)
  }
  if (m.allExtensionNumbersOfType !== undefined) {
    w.uint32(50)
    w.string(m.allExtensionNumbersOfType)
  }
  if (m.listServices !== undefined) {
    w.uint32(58)
    w.string(m.listServices)
  }
}

export function decodeServerReflectionRequest(r: Reader): ServerReflectionRequest {
  const m: ServerReflectionRequest = { host: '', fileByFilename: undefined, fileContainingSymbol: undefined, fileContainingExtension: undefined, allExtensionNumbersOfType: undefined, listServices: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.host = r.string()
        break
      case 26:
        m.fileByFilename = r.string()
        m.fileContainingSymbol = undefined
        m.fileContainingExtension = undefined
        m.allExtensionNumbersOfType = undefined
        m.listServices = undefined
        break
      case 34:
        m.fileContainingSymbol = r.string()
        m.fileByFilename = undefined
        m.fileContainingExtension = undefined
        m.allExtensionNumbersOfType = undefined
        m.listServices = undefined
        break
      case 42:
        m.fileContainingExtension = r.nested(decodeExtensionRequest)
        m.fileByFilename = undefined
        m.fileContainingSymbol = undefined
        m.allExtensionNumbersOfType = undefined
        m.listServices = undefined
        break
      case 50:
        m.allExtensionNumbersOfType = r.string()
        m.fileByFilename = undefined
        m.fileContainingSymbol = undefined
        m.fileContainingExtension = undefined
        m.listServices = undefined
        break
      case 58:
        m.listServices = r.string()
        m.fileByFilename = undefined
        m.fileContainingSymbol = undefined
        m.fileContainingExtension = undefined
        m.allExtensionNumbersOfType = undefined
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ServerReflectionRequest: MessageCodec<ServerReflectionRequest> & { create(init?: Partial<ServerReflectionRequest>): ServerReflectionRequest } = {
  create: (init) => ({ host: '', fileByFilename: undefined, fileContainingSymbol: undefined, fileContainingExtension: undefined, allExtensionNumbersOfType: undefined, listServices: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeServerReflectionRequest(message), headroomBytes)
    writeServerReflectionRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeServerReflectionRequest(new Reader(bytes)),
}

export interface ExtensionRequest {
  containingType: string
  extensionNumber: number
}

export function sizeExtensionRequest(m: ExtensionRequest): number {
  let size = 0
  if (m.containingType !== '') size += 1 + sizeOfString(m.containingType)
  if (m.extensionNumber !== 0) size += 1 + sizeOfInt32(m.extensionNumber)
  return size
}

export function writeExtensionRequest(m: ExtensionRequest, w: Writer): void {
  if (m.containingType !== '') {
    w.uint32(10)
    w.string(m.containingType)
  }
  if (m.extensionNumber !== 0) {
    w.uint32(16)
    w.int32(m.extensionNumber)
  }
}

export function decodeExtensionRequest(r: Reader): ExtensionRequest {
  const m: ExtensionRequest = { containingType: '', extensionNumber: 0 }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.containingType = r.string()
        break
      case 16:
        m.extensionNumber = r.int32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ExtensionRequest: MessageCodec<ExtensionRequest> & { create(init?: Partial<ExtensionRequest>): ExtensionRequest } = {
  create: (init) => ({ containingType: '', extensionNumber: 0, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeExtensionRequest(message), headroomBytes)
    writeExtensionRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeExtensionRequest(new Reader(bytes)),
}

export interface ServerReflectionResponse {
  validHost: string
  originalRequest: ServerReflectionRequest | undefined
  fileDescriptorResponse: FileDescriptorResponse | undefined
  allExtensionNumbersResponse: ExtensionNumberResponse | undefined
  listServicesResponse: ListServiceResponse | undefined
  errorResponse: ErrorResponse | undefined
}

export function sizeServerReflectionResponse(m: ServerReflectionResponse): number {
  let size = 0
  if (m.validHost !== '') size += 1 + sizeOfString(m.validHost)
  if (m.originalRequest !== undefined) size += 1 + sizeOfDelimited(sizeServerReflectionRequest(m.originalRequest))
  if (m.fileDescriptorResponse !== undefined) size += 1 + sizeOfDelimited(sizeFileDescriptorResponse(m.fileDescriptorResponse))
  if (m.allExtensionNumbersResponse !== undefined) size += 1 + sizeOfDelimited(sizeExtensionNumberResponse(m.allExtensionNumbersResponse))
  if (m.listServicesResponse !== undefined) size += 1 + sizeOfDelimited(sizeListServiceResponse(m.listServicesResponse))
  if (m.errorResponse !== undefined) size += 1 + sizeOfDelimited(sizeErrorResponse(m.errorResponse))
  return size
}

export function writeServerReflectionResponse(m: ServerReflectionResponse, w: Writer): void {
  if (m.validHost !== '') {
    w.uint32(10)
    w.string(m.validHost)
  }
  if (m.originalRequest !== undefined) {
    w.uint32(18)
    w.uint32(sizeServerReflectionRequest(m.originalRequest))
    writeServerReflectionRequest(m.originalRequest, w)
  }
  if (m.fileDescriptorResponse !== undefined) {
    w.uint32(34)
    w.uint32(sizeFileDescriptorResponse(m.fileDescriptorResponse))
    writeFileDescriptorResponse(m.fileDescriptorResponse, w)
  }
  if (m.allExtensionNumbersResponse !== undefined) {
    w.uint32(42)
    w.uint32(sizeExtensionNumberResponse(m.allExtensionNumbersResponse))
    writeExtensionNumberResponse(m.allExtensionNumbersResponse, w)
  }
  if (m.listServicesResponse !== undefined) {
    w.uint32(50)
    w.uint32(sizeListServiceResponse(m.listServicesResponse))
    writeListServiceResponse(m.listServicesResponse, w)
  }
  if (m.errorResponse !== undefined) {
    w.uint32(58)
    w.uint32(sizeErrorResponse(m.errorResponse))
    writeErrorResponse(m.errorResponse, w)
  }
}

export function decodeServerReflectionResponse(r: Reader): ServerReflectionResponse {
  const m: ServerReflectionResponse = { validHost: '', originalRequest: undefined, fileDescriptorResponse: undefined, allExtensionNumbersResponse: undefined, listServicesResponse: undefined, errorResponse: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.validHost = r.string()
        break
      case 18:
        m.originalRequest = r.nested(decodeServerReflectionRequest)
        break
      case 34:
        m.fileDescriptorResponse = r.nested(decodeFileDescriptorResponse)
        m.allExtensionNumbersResponse = undefined
        m.listServicesResponse = undefined
        m.errorResponse = undefined
        break
      case 42:
        m.allExtensionNumbersResponse = r.nested(decodeExtensionNumberResponse)
        m.fileDescriptorResponse = undefined
        m.listServicesResponse = undefined
        m.errorResponse = undefined
        break
      case 50:
        m.listServicesResponse = r.nested(decodeListServiceResponse)
        m.fileDescriptorResponse = undefined
        m.allExtensionNumbersResponse = undefined
        m.errorResponse = undefined
        break
      case 58:
        m.errorResponse = r.nested(decodeErrorResponse)
        m.fileDescriptorResponse = undefined
        m.allExtensionNumbersResponse = undefined
        m.listServicesResponse = undefined
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ServerReflectionResponse: MessageCodec<ServerReflectionResponse> & { create(init?: Partial<ServerReflectionResponse>): ServerReflectionResponse } = {
  create: (init) => ({ validHost: '', originalRequest: undefined, fileDescriptorResponse: undefined, allExtensionNumbersResponse: undefined, listServicesResponse: undefined, errorResponse: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeServerReflectionResponse(message), headroomBytes)
    writeServerReflectionResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeServerReflectionResponse(new Reader(bytes)),
}

export interface FileDescriptorResponse {
  fileDescriptorProto: Uint8Array[]
}

export function sizeFileDescriptorResponse(m: FileDescriptorResponse): number {
  let size = 0
  for (const v of m.fileDescriptorProto) size += 1 + sizeOfDelimited(v.length)
  return size
}

export function writeFileDescriptorResponse(m: FileDescriptorResponse, w: Writer): void {
  for (const v of m.fileDescriptorProto) {
    w.uint32(10)
    w.bytes(v)
  }
}

export function decodeFileDescriptorResponse(r: Reader): FileDescriptorResponse {
  const m: FileDescriptorResponse = { fileDescriptorProto: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.fileDescriptorProto.push(r.bytes())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const FileDescriptorResponse: MessageCodec<FileDescriptorResponse> & { create(init?: Partial<FileDescriptorResponse>): FileDescriptorResponse } = {
  create: (init) => ({ fileDescriptorProto: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeFileDescriptorResponse(message), headroomBytes)
    writeFileDescriptorResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeFileDescriptorResponse(new Reader(bytes)),
}

export interface ExtensionNumberResponse {
  baseTypeName: string
  extensionNumber: number[]
}

export function sizeExtensionNumberResponse(m: ExtensionNumberResponse): number {
  let size = 0
  if (m.baseTypeName !== '') size += 1 + sizeOfString(m.baseTypeName)
  if (m.extensionNumber.length > 0) {
    let packed = 0
    for (const v of m.extensionNumber) packed += sizeOfInt32(v)
    size += 1 + sizeOfDelimited(packed)
  }
  return size
}

export function writeExtensionNumberResponse(m: ExtensionNumberResponse, w: Writer): void {
  if (m.baseTypeName !== '') {
    w.uint32(10)
    w.string(m.baseTypeName)
  }
  if (m.extensionNumber.length > 0) {
    let packed = 0
    for (const v of m.extensionNumber) packed += sizeOfInt32(v)
    w.uint32(18)
    w.uint32(packed)
    for (const v of m.extensionNumber) w.int32(v)
  }
}

export function decodeExtensionNumberResponse(r: Reader): ExtensionNumberResponse {
  const m: ExtensionNumberResponse = { baseTypeName: '', extensionNumber: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.baseTypeName = r.string()
        break
      case 16:
        m.extensionNumber.push(r.int32())
        break
      case 18:
        r.nested(() => {
          while (!r.done) m.extensionNumber.push(r.int32())
        })
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ExtensionNumberResponse: MessageCodec<ExtensionNumberResponse> & { create(init?: Partial<ExtensionNumberResponse>): ExtensionNumberResponse } = {
  create: (init) => ({ baseTypeName: '', extensionNumber: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeExtensionNumberResponse(message), headroomBytes)
    writeExtensionNumberResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeExtensionNumberResponse(new Reader(bytes)),
}

export interface ListServiceResponse {
  service: ServiceResponse[]
}

export function sizeListServiceResponse(m: ListServiceResponse): number {
  let size = 0
  for (const v of m.service) size += 1 + sizeOfDelimited(sizeServiceResponse(v))
  return size
}

export function writeListServiceResponse(m: ListServiceResponse, w: Writer): void {
  for (const v of m.service) {
    w.uint32(10)
    w.uint32(sizeServiceResponse(v))
    writeServiceResponse(v, w)
  }
}

export function decodeListServiceResponse(r: Reader): ListServiceResponse {
  const m: ListServiceResponse = { service: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.service.push(r.nested(decodeServiceResponse))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ListServiceResponse: MessageCodec<ListServiceResponse> & { create(init?: Partial<ListServiceResponse>): ListServiceResponse } = {
  create: (init) => ({ service: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeListServiceResponse(message), headroomBytes)
    writeListServiceResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeListServiceResponse(new Reader(bytes)),
}

export interface ServiceResponse {
  name: string
}

export function sizeServiceResponse(m: ServiceResponse): number {
  let size = 0
  if (m.name !== '') size += 1 + sizeOfString(m.name)
  return size
}

export function writeServiceResponse(m: ServiceResponse, w: Writer): void {
  if (m.name !== '') {
    w.uint32(10)
    w.string(m.name)
  }
}

export function decodeServiceResponse(r: Reader): ServiceResponse {
  const m: ServiceResponse = { name: '' }
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

export const ServiceResponse: MessageCodec<ServiceResponse> & { create(init?: Partial<ServiceResponse>): ServiceResponse } = {
  create: (init) => ({ name: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeServiceResponse(message), headroomBytes)
    writeServiceResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeServiceResponse(new Reader(bytes)),
}

export interface ErrorResponse {
  errorCode: number
  errorMessage: string
}

export function sizeErrorResponse(m: ErrorResponse): number {
  let size = 0
  if (m.errorCode !== 0) size += 1 + sizeOfInt32(m.errorCode)
  if (m.errorMessage !== '') size += 1 + sizeOfString(m.errorMessage)
  return size
}

export function writeErrorResponse(m: ErrorResponse, w: Writer): void {
  if (m.errorCode !== 0) {
    w.uint32(8)
    w.int32(m.errorCode)
  }
  if (m.errorMessage !== '') {
    w.uint32(18)
    w.string(m.errorMessage)
  }
}

export function decodeErrorResponse(r: Reader): ErrorResponse {
  const m: ErrorResponse = { errorCode: 0, errorMessage: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.errorCode = r.int32()
        break
      case 18:
        m.errorMessage = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ErrorResponse: MessageCodec<ErrorResponse> & { create(init?: Partial<ErrorResponse>): ErrorResponse } = {
  create: (init) => ({ errorCode: 0, errorMessage: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeErrorResponse(message), headroomBytes)
    writeErrorResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeErrorResponse(new Reader(bytes)),
}

export const ServerReflection = {
  serverReflectionInfo: {
    path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    kind: 'bidi',
    request: ServerReflectionRequest,
    response: ServerReflectionResponse,
  } satisfies Method<ServerReflectionRequest, ServerReflectionResponse>,
} as const
