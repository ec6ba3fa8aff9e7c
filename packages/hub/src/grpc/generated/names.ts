// Generated from proto/names.proto by `npm run generate`. Do not edit.

import type { MessageCodec, Method } from '@waypost/rpc'
import { Reader } from '@waypost/protocol/wire'
import { sizeOfDelimited, sizeOfInt64, sizeOfString, sizeOfUint32, Writer } from '@waypost/protocol/wire'

export interface Instance {
  service: string
  /** Unique within the service. */
  id: string
  host: string
  port: number
  scheme: string
  version: string
  zone: string
  /** Its share of the traffic relative to the others. 0 takes none. */
  weight: number
  /** starting, up, leaving or disabled. Only up takes new traffic. */
  status: string
  tags: string[]
  /** A JSON object. */
  metadataJson: string
  /** Of the last write of its record. */
  revision: bigint
}

export function sizeInstance(m: Instance): number {
  let size = 0
  if (m.service !== '') size += 1 + sizeOfString(m.service)
  if (m.id !== '') size += 1 + sizeOfString(m.id)
  if (m.host !== '') size += 1 + sizeOfString(m.host)
  if (m.port !== 0) size += 1 + sizeOfUint32(m.port)
  if (m.scheme !== '') size += 1 + sizeOfString(m.scheme)
  if (m.version !== '') size += 1 + sizeOfString(m.version)
  if (m.zone !== '') size += 1 + sizeOfString(m.zone)
  if (m.weight !== 0) size += 1 + 8
  if (m.status !== '') size += 1 + sizeOfString(m.status)
  for (const v of m.tags) size += 1 + sizeOfString(v)
  if (m.metadataJson !== '') size += 1 + sizeOfString(m.metadataJson)
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  return size
}

export function writeInstance(m: Instance, w: Writer): void {
  if (m.service !== '') {
    w.uint32(10)
    w.string(m.service)
  }
  if (m.id !== '') {
    w.uint32(18)
    w.string(m.id)
  }
  if (m.host !== '') {
    w.uint32(26)
    w.string(m.host)
  }
  if (m.port !== 0) {
    w.uint32(32)
    w.uint32(m.port)
  }
  if (m.scheme !== '') {
    w.uint32(42)
    w.string(m.scheme)
  }
  if (m.version !== '') {
    w.uint32(50)
    w.string(m.version)
  }
  if (m.zone !== '') {
    w.uint32(58)
    w.string(m.zone)
  }
  if (m.weight !== 0) {
    w.uint32(65)
    w.double(m.weight)
  }
  if (m.status !== '') {
    w.uint32(74)
    w.string(m.status)
  }
  for (const v of m.tags) {
    w.uint32(82)
    w.string(v)
  }
  if (m.metadataJson !== '') {
    w.uint32(90)
    w.string(m.metadataJson)
  }
  if (m.revision !== 0n) {
    w.uint32(96)
    w.int64(m.revision)
  }
}

export function decodeInstance(r: Reader): Instance {
  const m: Instance = { service: '', id: '', host: '', port: 0, scheme: '', version: '', zone: '', weight: 0, status: '', tags: [], metadataJson: '', revision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.service = r.string()
        break
      case 18:
        m.id = r.string()
        break
      case 26:
        m.host = r.string()
        break
      case 32:
        m.port = r.uint32()
        break
      case 42:
        m.scheme = r.string()
        break
      case 50:
        m.version = r.string()
        break
      case 58:
        m.zone = r.string()
        break
      case 65:
        m.weight = r.double()
        break
      case 74:
        m.status = r.string()
        break
      case 82:
        m.tags.push(r.string())
        break
      case 90:
        m.metadataJson = r.string()
        break
      case 96:
        m.revision = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Instance: MessageCodec<Instance> & { create(init?: Partial<Instance>): Instance } = {
  create: (init) => ({ service: '', id: '', host: '', port: 0, scheme: '', version: '', zone: '', weight: 0, status: '', tags: [], metadataJson: '', revision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeInstance(message), headroomBytes)
    writeInstance(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeInstance(new Reader(bytes)),
}

export interface Registration {
  service: string
  /** Default: one that is made up. */
  id: string
  host: string
  port: number
  scheme: string
  version: string
  zone: string
  /** 0 to 65535. Default 1. */
  weight: number | undefined
  /** starting or up. Default up. */
  status: string
  tags: string[]
  /** A JSON object. */
  metadataJson: string
  /** How long the instance stays without a sign of life, in seconds: 1 to 3600. Default 10. */
  ttlSeconds: number
  /** The session of an earlier answer, to go on after a broken stream. Without it, an instance with the same id that still lives is another one, and the call fails with ALREADY_EXISTS. */
  session: bigint
}

export function sizeRegistration(m: Registration): number {
  let size = 0
  if (m.service !== '') size += 1 + sizeOfString(m.service)
  if (m.id !== '') size += 1 + sizeOfString(m.id)
  if (m.host !== '') size += 1 + sizeOfString(m.host)
  if (m.port !== 0) size += 1 + sizeOfUint32(m.port)
  if (m.scheme !== '') size += 1 + sizeOfString(m.scheme)
  if (m.version !== '') size += 1 + sizeOfString(m.version)
  if (m.zone !== '') size += 1 + sizeOfString(m.zone)
  if (m.weight !== undefined) size += 1 + 8
  if (m.status !== '') size += 1 + sizeOfString(m.status)
  for (const v of m.tags) size += 1 + sizeOfString(v)
  if (m.metadataJson !== '') size += 1 + sizeOfString(m.metadataJson)
  if (m.ttlSeconds !== 0) size += 1 + sizeOfUint32(m.ttlSeconds)
  if (m.session !== 0n) size += 1 + sizeOfInt64(m.session)
  return size
}

export function writeRegistration(m: Registration, w: Writer): void {
  if (m.service !== '') {
    w.uint32(10)
    w.string(m.service)
  }
  if (m.id !== '') {
    w.uint32(18)
    w.string(m.id)
  }
  if (m.host !== '') {
    w.uint32(26)
    w.string(m.host)
  }
  if (m.port !== 0) {
    w.uint32(32)
    w.uint32(m.port)
  }
  if (m.scheme !== '') {
    w.uint32(42)
    w.string(m.scheme)
  }
  if (m.version !== '') {
    w.uint32(50)
    w.string(m.version)
  }
  if (m.zone !== '') {
    w.uint32(58)
    w.string(m.zone)
  }
  if (m.weight !== undefined) {
    w.uint32(65)
    w.double(m.weight)
  }
  if (m.status !== '') {
    w.uint32(74)
    w.string(m.status)
  }
  for (const v of m.tags) {
    w.uint32(82)
    w.string(v)
  }
  if (m.metadataJson !== '') {
    w.uint32(90)
    w.string(m.metadataJson)
  }
  if (m.ttlSeconds !== 0) {
    w.uint32(96)
    w.uint32(m.ttlSeconds)
  }
  if (m.session !== 0n) {
    w.uint32(104)
    w.int64(m.session)
  }
}

export function decodeRegistration(r: Reader): Registration {
  const m: Registration = { service: '', id: '', host: '', port: 0, scheme: '', version: '', zone: '', weight: undefined, status: '', tags: [], metadataJson: '', ttlSeconds: 0, session: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.service = r.string()
        break
      case 18:
        m.id = r.string()
        break
      case 26:
        m.host = r.string()
        break
      case 32:
        m.port = r.uint32()
        break
      case 42:
        m.scheme = r.string()
        break
      case 50:
        m.version = r.string()
        break
      case 58:
        m.zone = r.string()
        break
      case 65:
        m.weight = r.double()
        break
      case 74:
        m.status = r.string()
        break
      case 82:
        m.tags.push(r.string())
        break
      case 90:
        m.metadataJson = r.string()
        break
      case 96:
        m.ttlSeconds = r.uint32()
        break
      case 104:
        m.session = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Registration: MessageCodec<Registration> & { create(init?: Partial<Registration>): Registration } = {
  create: (init) => ({ service: '', id: '', host: '', port: 0, scheme: '', version: '', zone: '', weight: undefined, status: '', tags: [], metadataJson: '', ttlSeconds: 0, session: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRegistration(message), headroomBytes)
    writeRegistration(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRegistration(new Reader(bytes)),
}

/** What is said of the instance from now on. What is absent stays. */
export interface Change {
  version: string | undefined
  zone: string | undefined
  weight: number | undefined
  /** starting or up. */
  status: string | undefined
  /** A JSON object. */
  metadataJson: string | undefined
}

export function sizeChange(m: Change): number {
  let size = 0
  if (m.version !== undefined) size += 1 + sizeOfString(m.version)
  if (m.zone !== undefined) size += 1 + sizeOfString(m.zone)
  if (m.weight !== undefined) size += 1 + 8
  if (m.status !== undefined) size += 1 + sizeOfString(m.status)
  if (m.metadataJson !== undefined) size += 1 + sizeOfString(m.metadataJson)
  return size
}

export function writeChange(m: Change, w: Writer): void {
  if (m.version !== undefined) {
    w.uint32(10)
    w.string(m.version)
  }
  if (m.zone !== undefined) {
    w.uint32(18)
    w.string(m.zone)
  }
  if (m.weight !== undefined) {
    w.uint32(25)
    w.double(m.weight)
  }
  if (m.status !== undefined) {
    w.uint32(34)
    w.string(m.status)
  }
  if (m.metadataJson !== undefined) {
    w.uint32(42)
    w.string(m.metadataJson)
  }
}

export function decodeChange(r: Reader): Change {
  const m: Change = { version: undefined, zone: undefined, weight: undefined, status: undefined, metadataJson: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.version = r.string()
        break
      case 18:
        m.zone = r.string()
        break
      case 25:
        m.weight = r.double()
        break
      case 34:
        m.status = r.string()
        break
      case 42:
        m.metadataJson = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Change: MessageCodec<Change> & { create(init?: Partial<Change>): Change } = {
  create: (init) => ({ version: undefined, zone: undefined, weight: undefined, status: undefined, metadataJson: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeChange(message), headroomBytes)
    writeChange(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeChange(new Reader(bytes)),
}

export interface Heartbeat {
}

export function sizeHeartbeat(_m: Heartbeat): number {
  return 0
}

export function writeHeartbeat(_m: Heartbeat, _w: Writer): void {
}

export function decodeHeartbeat(r: Reader): Heartbeat {
  const m: Heartbeat = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const Heartbeat: MessageCodec<Heartbeat> & { create(init?: Partial<Heartbeat>): Heartbeat } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeHeartbeat(message), headroomBytes)
    writeHeartbeat(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeHeartbeat(new Reader(bytes)),
}

/** Says that the instance is leaving, so that nobody sends new work. */
export interface Drain {
}

export function sizeDrain(_m: Drain): number {
  return 0
}

export function writeDrain(_m: Drain, _w: Writer): void {
}

export function decodeDrain(r: Reader): Drain {
  const m: Drain = {  }
  while (!r.done) {
    const tag = r.tag()
    r.skip(tag)
  }
  return m
}

export const Drain: MessageCodec<Drain> & { create(init?: Partial<Drain>): Drain } = {
  create: (init) => ({ ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeDrain(message), headroomBytes)
    writeDrain(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeDrain(new Reader(bytes)),
}

export interface RegisterRequest {
  register: Registration | undefined
  heartbeat: Heartbeat | undefined
  change: Change | undefined
  drain: Drain | undefined
}

export function sizeRegisterRequest(m: RegisterRequest): number {
  let size = 0
  if (m.register !== undefined) size += 1 + sizeOfDelimited(sizeRegistration(m.register))
  if (m.heartbeat !== undefined) size += 1 + sizeOfDelimited(sizeHeartbeat(m.heartbeat))
  if (m.change !== undefined) size += 1 + sizeOfDelimited(sizeChange(m.change))
  if (m.drain !== undefined) size += 1 + sizeOfDelimited(sizeDrain(m.drain))
  return size
}

export function writeRegisterRequest(m: RegisterRequest, w: Writer): void {
  if (m.register !== undefined) {
    w.uint32(10)
    w.uint32(sizeRegistration(m.register))
    writeRegistration(m.register, w)
  }
  if (m.heartbeat !== undefined) {
    w.uint32(18)
    w.uint32(sizeHeartbeat(m.heartbeat))
    writeHeartbeat(m.heartbeat, w)
  }
  if (m.change !== undefined) {
    w.uint32(26)
    w.uint32(sizeChange(m.change))
    writeChange(m.change, w)
  }
  if (m.drain !== undefined) {
    w.uint32(34)
    w.uint32(sizeDrain(m.drain))
    writeDrain(m.drain, w)
  }
}

export function decodeRegisterRequest(r: Reader): RegisterRequest {
  const m: RegisterRequest = { register: undefined, heartbeat: undefined, change: undefined, drain: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.register = r.nested(decodeRegistration)
        m.heartbeat = undefined
        m.change = undefined
        m.drain = undefined
        break
      case 18:
        m.heartbeat = r.nested(decodeHeartbeat)
        m.register = undefined
        m.change = undefined
        m.drain = undefined
        break
      case 26:
        m.change = r.nested(decodeChange)
        m.register = undefined
        m.heartbeat = undefined
        m.drain = undefined
        break
      case 34:
        m.drain = r.nested(decodeDrain)
        m.register = undefined
        m.heartbeat = undefined
        m.change = undefined
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const RegisterRequest: MessageCodec<RegisterRequest> & { create(init?: Partial<RegisterRequest>): RegisterRequest } = {
  create: (init) => ({ register: undefined, heartbeat: undefined, change: undefined, drain: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRegisterRequest(message), headroomBytes)
    writeRegisterRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRegisterRequest(new Reader(bytes)),
}

export interface RegisterResponse {
  /** To go on after a broken stream. */
  session: bigint
  id: string
  /** How long the instance stays from now on without a sign of life. */
  ttlSeconds: number
  /** Of the last write; 0 in the answer to a heartbeat. */
  revision: bigint
}

export function sizeRegisterResponse(m: RegisterResponse): number {
  let size = 0
  if (m.session !== 0n) size += 1 + sizeOfInt64(m.session)
  if (m.id !== '') size += 1 + sizeOfString(m.id)
  if (m.ttlSeconds !== 0) size += 1 + sizeOfUint32(m.ttlSeconds)
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  return size
}

export function writeRegisterResponse(m: RegisterResponse, w: Writer): void {
  if (m.session !== 0n) {
    w.uint32(8)
    w.int64(m.session)
  }
  if (m.id !== '') {
    w.uint32(18)
    w.string(m.id)
  }
  if (m.ttlSeconds !== 0) {
    w.uint32(24)
    w.uint32(m.ttlSeconds)
  }
  if (m.revision !== 0n) {
    w.uint32(32)
    w.int64(m.revision)
  }
}

export function decodeRegisterResponse(r: Reader): RegisterResponse {
  const m: RegisterResponse = { session: 0n, id: '', ttlSeconds: 0, revision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.session = r.int64()
        break
      case 18:
        m.id = r.string()
        break
      case 24:
        m.ttlSeconds = r.uint32()
        break
      case 32:
        m.revision = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const RegisterResponse: MessageCodec<RegisterResponse> & { create(init?: Partial<RegisterResponse>): RegisterResponse } = {
  create: (init) => ({ session: 0n, id: '', ttlSeconds: 0, revision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRegisterResponse(message), headroomBytes)
    writeRegisterResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRegisterResponse(new Reader(bytes)),
}

export interface ListRequest {
  service: string
  /** Also those that take no traffic. */
  anyStatus: boolean
  tag: string
  zone: string
}

export function sizeListRequest(m: ListRequest): number {
  let size = 0
  if (m.service !== '') size += 1 + sizeOfString(m.service)
  if (m.anyStatus) size += 1 + 1
  if (m.tag !== '') size += 1 + sizeOfString(m.tag)
  if (m.zone !== '') size += 1 + sizeOfString(m.zone)
  return size
}

export function writeListRequest(m: ListRequest, w: Writer): void {
  if (m.service !== '') {
    w.uint32(10)
    w.string(m.service)
  }
  if (m.anyStatus) {
    w.uint32(16)
    w.bool(m.anyStatus)
  }
  if (m.tag !== '') {
    w.uint32(26)
    w.string(m.tag)
  }
  if (m.zone !== '') {
    w.uint32(34)
    w.string(m.zone)
  }
}

export function decodeListRequest(r: Reader): ListRequest {
  const m: ListRequest = { service: '', anyStatus: false, tag: '', zone: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.service = r.string()
        break
      case 16:
        m.anyStatus = r.bool()
        break
      case 26:
        m.tag = r.string()
        break
      case 34:
        m.zone = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ListRequest: MessageCodec<ListRequest> & { create(init?: Partial<ListRequest>): ListRequest } = {
  create: (init) => ({ service: '', anyStatus: false, tag: '', zone: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeListRequest(message), headroomBytes)
    writeListRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeListRequest(new Reader(bytes)),
}

export interface ListResponse {
  instances: Instance[]
  revision: bigint
  /** Whether the list may be out of date, because the store does not answer. */
  stale: boolean
}

export function sizeListResponse(m: ListResponse): number {
  let size = 0
  for (const v of m.instances) size += 1 + sizeOfDelimited(sizeInstance(v))
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  if (m.stale) size += 1 + 1
  return size
}

export function writeListResponse(m: ListResponse, w: Writer): void {
  for (const v of m.instances) {
    w.uint32(10)
    w.uint32(sizeInstance(v))
    writeInstance(v, w)
  }
  if (m.revision !== 0n) {
    w.uint32(16)
    w.int64(m.revision)
  }
  if (m.stale) {
    w.uint32(24)
    w.bool(m.stale)
  }
}

export function decodeListResponse(r: Reader): ListResponse {
  const m: ListResponse = { instances: [], revision: 0n, stale: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.instances.push(r.nested(decodeInstance))
        break
      case 16:
        m.revision = r.int64()
        break
      case 24:
        m.stale = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ListResponse: MessageCodec<ListResponse> & { create(init?: Partial<ListResponse>): ListResponse } = {
  create: (init) => ({ instances: [], revision: 0n, stale: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeListResponse(message), headroomBytes)
    writeListResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeListResponse(new Reader(bytes)),
}

export interface WatchRequest {
  service: string
  anyStatus: boolean
  tag: string
  zone: string
}

export function sizeWatchRequest(m: WatchRequest): number {
  let size = 0
  if (m.service !== '') size += 1 + sizeOfString(m.service)
  if (m.anyStatus) size += 1 + 1
  if (m.tag !== '') size += 1 + sizeOfString(m.tag)
  if (m.zone !== '') size += 1 + sizeOfString(m.zone)
  return size
}

export function writeWatchRequest(m: WatchRequest, w: Writer): void {
  if (m.service !== '') {
    w.uint32(10)
    w.string(m.service)
  }
  if (m.anyStatus) {
    w.uint32(16)
    w.bool(m.anyStatus)
  }
  if (m.tag !== '') {
    w.uint32(26)
    w.string(m.tag)
  }
  if (m.zone !== '') {
    w.uint32(34)
    w.string(m.zone)
  }
}

export function decodeWatchRequest(r: Reader): WatchRequest {
  const m: WatchRequest = { service: '', anyStatus: false, tag: '', zone: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.service = r.string()
        break
      case 16:
        m.anyStatus = r.bool()
        break
      case 26:
        m.tag = r.string()
        break
      case 34:
        m.zone = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const WatchRequest: MessageCodec<WatchRequest> & { create(init?: Partial<WatchRequest>): WatchRequest } = {
  create: (init) => ({ service: '', anyStatus: false, tag: '', zone: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeWatchRequest(message), headroomBytes)
    writeWatchRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeWatchRequest(new Reader(bytes)),
}

export interface WatchResponse {
  /** The first message, and one after a gap: the whole list, in place of all that came before. */
  snapshot: boolean
  /** Those that are new or changed. */
  changed: Instance[]
  /** The ids of those that are gone, or take no traffic any more. */
  removed: string[]
  revision: bigint
}

export function sizeWatchResponse(m: WatchResponse): number {
  let size = 0
  if (m.snapshot) size += 1 + 1
  for (const v of m.changed) size += 1 + sizeOfDelimited(sizeInstance(v))
  for (const v of m.removed) size += 1 + sizeOfString(v)
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  return size
}

export function writeWatchResponse(m: WatchResponse, w: Writer): void {
  if (m.snapshot) {
    w.uint32(8)
    w.bool(m.snapshot)
  }
  for (const v of m.changed) {
    w.uint32(18)
    w.uint32(sizeInstance(v))
    writeInstance(v, w)
  }
  for (const v of m.removed) {
    w.uint32(26)
    w.string(v)
  }
  if (m.revision !== 0n) {
    w.uint32(32)
    w.int64(m.revision)
  }
}

export function decodeWatchResponse(r: Reader): WatchResponse {
  const m: WatchResponse = { snapshot: false, changed: [], removed: [], revision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.snapshot = r.bool()
        break
      case 18:
        m.changed.push(r.nested(decodeInstance))
        break
      case 26:
        m.removed.push(r.string())
        break
      case 32:
        m.revision = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const WatchResponse: MessageCodec<WatchResponse> & { create(init?: Partial<WatchResponse>): WatchResponse } = {
  create: (init) => ({ snapshot: false, changed: [], removed: [], revision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeWatchResponse(message), headroomBytes)
    writeWatchResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeWatchResponse(new Reader(bytes)),
}

export interface PickRequest {
  service: string
  /** Ids that were tried. */
  exclude: string[]
  /** Callers with the same key get the same instance, as long as it is there. Default: by weight in turn. */
  key: string
  /** The caller's zone, which is preferred. */
  zone: string
}

export function sizePickRequest(m: PickRequest): number {
  let size = 0
  if (m.service !== '') size += 1 + sizeOfString(m.service)
  for (const v of m.exclude) size += 1 + sizeOfString(v)
  if (m.key !== '') size += 1 + sizeOfString(m.key)
  if (m.zone !== '') size += 1 + sizeOfString(m.zone)
  return size
}

export function writePickRequest(m: PickRequest, w: Writer): void {
  if (m.service !== '') {
    w.uint32(10)
    w.string(m.service)
  }
  for (const v of m.exclude) {
    w.uint32(18)
    w.string(v)
  }
  if (m.key !== '') {
    w.uint32(26)
    w.string(m.key)
  }
  if (m.zone !== '') {
    w.uint32(34)
    w.string(m.zone)
  }
}

export function decodePickRequest(r: Reader): PickRequest {
  const m: PickRequest = { service: '', exclude: [], key: '', zone: '' }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.service = r.string()
        break
      case 18:
        m.exclude.push(r.string())
        break
      case 26:
        m.key = r.string()
        break
      case 34:
        m.zone = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const PickRequest: MessageCodec<PickRequest> & { create(init?: Partial<PickRequest>): PickRequest } = {
  create: (init) => ({ service: '', exclude: [], key: '', zone: '', ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizePickRequest(message), headroomBytes)
    writePickRequest(message, w)
    return w.buffer
  },
  decode: (bytes) => decodePickRequest(new Reader(bytes)),
}

export interface PickResponse {
  instance: Instance | undefined
  revision: bigint
}

export function sizePickResponse(m: PickResponse): number {
  let size = 0
  if (m.instance !== undefined) size += 1 + sizeOfDelimited(sizeInstance(m.instance))
  if (m.revision !== 0n) size += 1 + sizeOfInt64(m.revision)
  return size
}

export function writePickResponse(m: PickResponse, w: Writer): void {
  if (m.instance !== undefined) {
    w.uint32(10)
    w.uint32(sizeInstance(m.instance))
    writeInstance(m.instance, w)
  }
  if (m.revision !== 0n) {
    w.uint32(16)
    w.int64(m.revision)
  }
}

export function decodePickResponse(r: Reader): PickResponse {
  const m: PickResponse = { instance: undefined, revision: 0n }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.instance = r.nested(decodeInstance)
        break
      case 16:
        m.revision = r.int64()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const PickResponse: MessageCodec<PickResponse> & { create(init?: Partial<PickResponse>): PickResponse } = {
  create: (init) => ({ instance: undefined, revision: 0n, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizePickResponse(message), headroomBytes)
    writePickResponse(message, w)
    return w.buffer
  },
  decode: (bytes) => decodePickResponse(new Reader(bytes)),
}

export const Names = {
  register: {
    path: '/waypost.hub.v1.Names/Register',
    kind: 'bidi',
    request: RegisterRequest,
    response: RegisterResponse,
  } satisfies Method<RegisterRequest, RegisterResponse>,
  list: {
    path: '/waypost.hub.v1.Names/List',
    kind: 'unary',
    request: ListRequest,
    response: ListResponse,
  } satisfies Method<ListRequest, ListResponse>,
  watch: {
    path: '/waypost.hub.v1.Names/Watch',
    kind: 'server-stream',
    request: WatchRequest,
    response: WatchResponse,
  } satisfies Method<WatchRequest, WatchResponse>,
  pick: {
    path: '/waypost.hub.v1.Names/Pick',
    kind: 'unary',
    request: PickRequest,
    response: PickResponse,
  } satisfies Method<PickRequest, PickResponse>,
} as const
