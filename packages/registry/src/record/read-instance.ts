import { deepFreeze, quoted } from '@waypost/core'
import { type Address, defaultPort, formatAddress, parseAddress, parseHost, parsePort } from './address.ts'
import { maxRecordBytes, nameProblem } from './bounds.ts'
import type { Instance } from './instance.ts'
import { type InstanceName, readInstanceKey } from './keys.ts'
import { isObject, type Json, type OptionalFields, readFields } from './read-fields.ts'
import type { RegisteredStatus } from './status.ts'

/** An instance, and in `problem` which parts of its record are ignored; or why there is none. */
export type ReadInstance =
  | { readonly instance: Instance; readonly problem?: string | undefined }
  | { readonly instance?: undefined; readonly problem: string }

/**
 * Reads the value under an instance's key, tolerantly, because others write there too:
 * a record, `{host, port}` alone, `ip` or `address` for `host`, a bare `host:port` or URL,
 * and the form of Go's gRPC naming, `{"Op":0,"Addr":"host:port","Metadata":…}`.
 * Never throws: what cannot be read comes back as a problem in words. An optional field that cannot be read, or is
 * out of bounds, is ignored and named in the problem; it is no reason to hide an instance.
 */
export function readInstance(key: string, value: Uint8Array, revision: bigint): ReadInstance {
  const named = readInstanceKey(key)
  if (named === undefined) return { problem: 'The key does not have the form /services/<service>/<id>.' }
  const unnamed = nameProblem('service', named.service) ?? nameProblem('id', named.id)
  if (unnamed !== undefined) return { problem: unnamed }
  if (value.length > maxRecordBytes) {
    return { problem: `The record has ${value.length} bytes; at most ${maxRecordBytes} are read.` }
  }
  const text = decode(value)?.trim()
  if (text === undefined) return { problem: 'The value is not UTF-8 text.' }
  const ignored: string[] = []
  const read = text.startsWith('{') ? readObject(text, ignored) : readBare(text, ignored)
  if (typeof read === 'string') return { problem: read }
  const instance = deepFreeze(toInstance(named, read, key, revision))
  return ignored.length === 0 ? { instance } : { instance, problem: `Ignored: ${ignored.join(' ')}` }
}

/** What a value says, whatever its form. */
interface Fields {
  readonly host: string
  readonly port: number
  readonly status: RegisteredStatus
  readonly optional: OptionalFields
}

/** Written out: spreading all fields takes ten times as long as the rest of reading a record. */
function toInstance({ service, id }: InstanceName, fields: Fields, key: string, revision: bigint): Instance {
  const { host, port, status, optional } = fields
  return {
    service,
    id,
    host,
    port,
    address: formatAddress(host, port),
    scheme: optional.scheme,
    version: optional.version,
    zone: optional.zone,
    weight: optional.weight,
    status,
    tags: optional.tags,
    metadata: optional.metadata,
    process: optional.process,
    registeredAt: optional.registeredAt,
    key,
    revision,
    override: undefined,
    suspect: false,
  }
}

/** Shared: making one costs more than reading a record. */
const utf8 = new TextDecoder('utf-8', { fatal: true })
function decode(value: Uint8Array): string | undefined {
  try {
    return utf8.decode(value)
  } catch {
    return undefined
  }
}

function readBare(text: string, ignored: string[]): Fields | string {
  const address = parseAddress(unquote(text))
  return address
    ? fields(address, {}, 'up', ignored)
    : `The value is neither a record nor host:port nor a URL: ${quoted(text)}`
}

/** `JSON.stringify('host:port')` is a bare address as well. */
function unquote(text: string): string {
  if (!text.startsWith('"')) return text
  const parsed = parseJson(text)
  return typeof parsed === 'string' ? parsed.trim() : text
}

function readObject(text: string, ignored: string[]): Fields | string {
  const record = parseJson(text)
  if (!isObject(record)) return `The value is not valid JSON: ${quoted(text)}`
  if (typeof record.Addr === 'string') return readGrpcNaming(record, record.Addr, ignored)
  const address = readAddress(record)
  if (typeof address === 'string') return address
  const status = readStatus(record.status)
  if (status === undefined) return strangeStatus(record.status)
  return fields(address, record, status, ignored)
}

function readGrpcNaming(record: Json, addr: string, ignored: string[]): Fields | string {
  if (record.Op !== undefined && record.Op !== 0) return 'The gRPC naming record is not an addition: its Op is not 0.'
  const address = parseAddress(addr)
  if (address === undefined) return `The gRPC naming record's Addr is not host:port: ${quoted(addr)}`
  const status = readStatus(record.status)
  if (status === undefined) return strangeStatus(record.status)
  // Go writes only those three. Other fields beside them are from a writer that knows records, too.
  return fields(address, { ...record, metadata: record.Metadata }, status, ignored)
}

function fields(address: Address, record: Json, status: RegisteredStatus, ignored: string[]): Fields {
  const { host, port, scheme } = address
  return { host, port, status, optional: readFields(record, scheme, ignored) }
}

function readAddress(record: Json): Address | string {
  const given = [record.host, record.ip, record.address].find((value) => typeof value === 'string' && value !== '')
  if (typeof given !== 'string') return 'The record names no host.'
  const scheme = text(record.scheme)
  const whole = given.includes('://') || record.port === undefined ? parseAddress(given) : undefined
  const host = whole?.host ?? parseHost(given)
  if (host === undefined) return `The record's host is not a host name or address: ${quoted(given)}`
  const port = record.port === undefined ? (whole?.port ?? defaultPort(scheme)) : parsePort(record.port)
  if (port === undefined) {
    return record.port === undefined
      ? 'The record names no port.'
      : `The record's port is not a number from 1 to 65535: ${quoted(record.port)}`
  }
  return { host, port, scheme: whole?.scheme }
}

function readStatus(status: unknown): RegisteredStatus | undefined {
  if (status === undefined || status === null) return 'up'
  const lower = typeof status === 'string' ? status.toLowerCase() : undefined
  return lower === 'up' || lower === 'starting' || lower === 'leaving' ? lower : undefined
}

function strangeStatus(status: unknown): string {
  return `The record's status is not starting, up or leaving: ${quoted(status)}`
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}
