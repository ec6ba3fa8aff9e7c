import { type PresenceOptions, presenceOptionKinds, processIdentity } from '@waypost/client'
import { invalidArgument, quoted } from '@waypost/core'
import { anything, type OptionKinds, optionsKind, required } from '@waypost/core/options'
import { type HealthOptions, healthOptionKinds } from '../health/health-options.ts'
import { defaultHost } from '../host/default-host.ts'
import { type HostSelector, selectHost } from '../host/host-selector.ts'
import { formatAddress, parseHost, parsePort } from '../record/address.ts'
import { maxRecordBytes, schemeProblem, tagsProblem } from '../record/bounds.ts'
import { checkJson, checkName, checkText, checkWeight, refuse } from '../record/check-values.ts'
import type { InstanceRecord } from '../record/instance.ts'
import type { RecordFormat } from '../record/record-format.ts'

/** What a process says of itself when it registers. */
export interface RegisterOptions extends PresenceOptions {
  /** The service's name: no slash, no control characters. */
  readonly service: string
  /**
   * Unique within the service. Default: the process id of the client's identity, such as `web-1-3fa85f64`; with the
   * format `go-grpc`, `host:port`.
   */
  readonly id?: string | undefined
  /**
   * Where others reach it: a host name, an address, or which of this machine's addresses to take. Default: the first
   * non-internal IPv4 address, else 127.0.0.1; see `defaultHost`.
   */
  readonly host?: string | HostSelector | undefined
  /** 1 to 65535. */
  readonly port: number
  /** The protocol, for example `http`, `https` or `grpc`. */
  readonly scheme?: string | undefined
  readonly version?: string | undefined
  readonly zone?: string | undefined
  /** Its share of the traffic relative to the others: 0 to 65,535. Consumers take 1 when it is absent. */
  readonly weight?: number | undefined
  /** `starting` keeps traffic away until `update({ status: 'up' })`. Default `up`. */
  readonly status?: 'starting' | 'up' | undefined
  /** At most 100, of 255 characters each. */
  readonly tags?: readonly string[] | undefined
  /** Any JSON, nested up to 32 levels. The whole record can have 64 KiB. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  /**
   * Lets the instance check itself: the check sets the status, `up` or `starting`, and it begins as `starting`.
   * Default: the status is what is said.
   */
  readonly health?: HealthOptions | undefined
  /** How the record is written. `go-grpc` is found by Go's gRPC resolver, too: see `docs/reference/registry.md`. */
  readonly format?: RecordFormat | undefined
}

/** What `update` may change. A field that is absent stays; one that is `undefined` is taken out of the record. */
export type RegistrationUpdate = Partial<
  Pick<RegisterOptions, 'version' | 'zone' | 'weight' | 'status' | 'tags' | 'metadata'>
>

export const registerOptionKinds: OptionKinds<RegisterOptions> = {
  ...presenceOptionKinds,
  service: required(anything()),
  id: anything(),
  host: anything(),
  port: required(anything()),
  scheme: anything(),
  version: anything(),
  zone: anything(),
  weight: anything(),
  status: anything(),
  tags: anything(),
  metadata: anything(),
  health: optionsKind(healthOptionKinds),
  format: anything(),
}

export const registrationUpdateKinds: OptionKinds<RegistrationUpdate> = {
  version: anything(),
  zone: anything(),
  weight: anything(),
  status: anything(),
  tags: anything(),
  metadata: anything(),
}

/** Completes the defaults and checks everything before a byte is written. Throws `invalid-argument`. */
export function resolveRecord(
  options: RegisterOptions,
  registeredAt: Date,
  defaultId: string = processIdentity().process,
): InstanceRecord {
  const {
    service,
    host = defaultHost(),
    port,
    health,
    status = health ? 'starting' : 'up',
    format = 'waypost',
  } = options
  checkName('service', service)
  if (format !== 'waypost' && format !== 'go-grpc') {
    throw invalidArgument(`The format must be waypost or go-grpc, not ${quoted(format)}.`)
  }
  const given = typeof host === 'object' && host !== null ? selectHost(host) : host
  const parsedHost = typeof given === 'string' ? parseHost(given) : undefined
  if (parsedHost === undefined)
    throw invalidArgument(`The host must be a host name or an IP address that others can reach, not ${quoted(host)}.`)
  if (typeof port !== 'number' || parsePort(port) === undefined) {
    throw invalidArgument(`The port must be a whole number from 1 to 65535, not ${quoted(port)}.`)
  }
  const { id = format === 'go-grpc' ? formatAddress(parsedHost, port) : defaultId } = options
  checkName('id', id)
  return checkRecord({
    service,
    id,
    host: parsedHost,
    port,
    scheme: options.scheme,
    version: options.version,
    zone: options.zone,
    weight: options.weight,
    status,
    tags: Array.isArray(options.tags) ? [...options.tags] : options.tags,
    metadata: options.metadata && { ...options.metadata },
    registeredAt: registeredAt.toISOString(),
  })
}

/** The record with the update's fields. Throws `invalid-argument`. */
export function updateRecord(record: InstanceRecord, update: RegistrationUpdate): InstanceRecord {
  const { version, zone, weight, status, tags, metadata } = { ...record, ...update }
  return checkRecord({ ...record, version, zone, weight, status: status ?? 'up', tags, metadata })
}

function checkRecord(record: InstanceRecord): InstanceRecord {
  const { scheme, version, zone, weight, status, tags, metadata } = record
  if (scheme !== undefined) refuse(schemeProblem(scheme))
  checkText('version', version)
  checkText('zone', zone)
  checkWeight(weight)
  if (status !== 'starting' && status !== 'up')
    throw invalidArgument(`The status must be starting or up, not ${quoted(status)}.`)
  if (tags !== undefined) refuse(tagsProblem(tags))
  if (metadata !== undefined) checkJson('metadata', metadata)
  const bytes = Buffer.byteLength(JSON.stringify(record))
  if (bytes > maxRecordBytes)
    throw invalidArgument(`The record has ${bytes} bytes; at most ${maxRecordBytes} are allowed.`)
  return record
}
