import { deepFreeze } from '@waypost/core'
import { type Address, defaultPort, formatAddress, parseAddress, parseHost, parsePort } from './address.ts'
import type { Instance } from './instance.ts'
import { type InstanceName, readInstanceKey } from './keys.ts'
import type { RegisteredStatus } from './status.ts'

export type ReadInstance =
  | { readonly instance: Instance; readonly problem?: undefined }
  | { readonly instance?: undefined; readonly problem: string }

/**
 * Reads the value under an instance's key, tolerantly, because others write there too:
 * a record, `{host, port}` alone, `ip` or `address` for `host`, a bare `host:port` or URL,
 * and the form of Go's gRPC naming, `{"Op":0,"Addr":"host:port","Metadata":…}`.
 * Never throws: what cannot be read comes back as a problem in words.
 */
export function readInstance(key: string, value: Uint8Array, revision: bigint): ReadInstance {
  const named = readInstanceKey(key)
  if (named === undefined) return { problem: 'The key does not have the form /services/<service>/<id>.' }
  const text = decode(value)?.trim()
  if (text === undefined) return { problem: 'The value is not UTF-8 text.' }
  const read = text.startsWith('{') ? readObject(text) : readBare(text)
  if (typeof read === 'string') return { problem: read }
  return { instance: deepFreeze(toInstance(named, read, key, revision)) }
}

/** Written out: spreading so many fields takes ten times as long as all the rest of reading a record. */
function toInstance({ service, id }: InstanceName, fields: Fields, key: string, revision: bigint): Instance {
  return {
    service,
    id,
    host: fields.host,
    port: fields.port,
    address: formatAddress(fields.host, fields.port),
    scheme: fields.scheme,
    version: fields.version,
    zone: fields.zone,
    weight: fields.weight,
    status: fields.status,
    tags: fields.tags,
    metadata: fields.metadata,
    registeredAt: fields.registeredAt,
    key,
    revision,
    override: undefined,
    suspect: false,
  }
}

type Fields = Omit<Instance, 'service' | 'id' | 'address' | 'key' | 'revision' | 'override' | 'suspect'>
type Json = Readonly<Record<string, unknown>>

/** One for all: to make one costs more than to read a record. */
const utf8 = new TextDecoder('utf-8', { fatal: true })
/** What most records have none of is shared, as there may be very many records. */
const noTags: readonly string[] = Object.freeze([])
const noMetadata: Json = Object.freeze({})

function decode(value: Uint8Array): string | undefined {
  try {
    return utf8.decode(value)
  } catch {
    return undefined
  }
}

function readBare(text: string): Fields | string {
  const address = parseAddress(unquote(text))
  return address ? fields(address, {}, 'up') : `The value is neither a record nor host:port nor a URL: ${excerpt(text)}`
}

/** `JSON.stringify('host:port')` is a bare address as well. */
function unquote(text: string): string {
  if (!text.startsWith('"')) return text
  const parsed = parseJson(text)
  return typeof parsed === 'string' ? parsed.trim() : text
}

function readObject(text: string): Fields | string {
  const record = parseJson(text)
  if (!isObject(record)) return `The value is not valid JSON: ${excerpt(text)}`
  if (typeof record.Addr === 'string') return readGrpcNaming(record, record.Addr)
  const address = readAddress(record)
  if (typeof address === 'string') return address
  const status = readStatus(record.status)
  if (status === undefined) return strangeStatus(record.status)
  return fields(address, record, status)
}

function readGrpcNaming(record: Json, addr: string): Fields | string {
  if (record.Op !== undefined && record.Op !== 0) return 'The gRPC naming record is not an addition: its Op is not 0.'
  const address = parseAddress(addr)
  if (address === undefined) return `The gRPC naming record's Addr is not host:port: ${excerpt(addr)}`
  const status = readStatus(record.status)
  if (status === undefined) return strangeStatus(record.status)
  // Go writes no more than those three; what stands beside them is of a writer that knows the other fields, too.
  return fields(
    { ...address, scheme: text(record.scheme) ?? address.scheme },
    { ...record, metadata: record.Metadata },
    status,
  )
}

function readAddress(record: Json): Address | string {
  const given = [record.host, record.ip, record.address].find((value) => typeof value === 'string' && value !== '')
  if (typeof given !== 'string') return 'The record names no host.'
  const scheme = text(record.scheme)
  const whole = given.includes('://') || record.port === undefined ? parseAddress(given) : undefined
  const host = whole?.host ?? parseHost(given)
  if (host === undefined) return `The record's host is not a host name or address: ${excerpt(given)}`
  const port = record.port === undefined ? (whole?.port ?? defaultPort(scheme)) : parsePort(record.port)
  if (port === undefined) {
    return record.port === undefined
      ? 'The record names no port.'
      : `The record's port is not a number from 1 to 65535: ${excerpt(JSON.stringify(record.port))}`
  }
  return { host, port, scheme: scheme ?? whole?.scheme }
}

function readStatus(status: unknown): RegisteredStatus | undefined {
  if (status === undefined || status === null) return 'up'
  const lower = typeof status === 'string' ? status.toLowerCase() : undefined
  return lower === 'up' || lower === 'starting' || lower === 'leaving' ? lower : undefined
}

function strangeStatus(status: unknown): string {
  return `The record's status is none of starting, up and leaving: ${excerpt(JSON.stringify(status))}`
}

/** An optional field of another type than expected counts as absent: it is no reason to hide an instance. */
function fields(address: Address, record: Json, status: RegisteredStatus): Fields {
  return {
    host: address.host,
    port: address.port,
    scheme: address.scheme,
    version: text(record.version),
    zone: text(record.zone),
    weight: readWeight(record.weight),
    status,
    tags: Array.isArray(record.tags) ? record.tags.filter((tag) => typeof tag === 'string') : noTags,
    metadata: isObject(record.metadata) ? record.metadata : noMetadata,
    registeredAt: text(record.registeredAt),
  }
}

function readWeight(value: unknown): number {
  const weight = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof weight === 'number' && Number.isFinite(weight) && weight >= 0 ? weight : 1
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}

function excerpt(source: string): string {
  return source.length <= 60 ? source : `${source.slice(0, 60)}…`
}
