import { type GrpcTarget, type HealthOptions, resolveHealth } from '../health/health-options.ts'
import type { InstanceRecord } from '../record/instance.ts'

/** How an instance is checked by others. Only at its own address. */
export interface InstanceCheck extends Pick<HealthOptions, 'http' | 'intervalMs' | 'timeoutMs' | 'rise' | 'fall'> {
  readonly tcp?: true | undefined
  readonly grpc?: true | GrpcTarget | undefined
  /** How long it may be unhealthy before it is deregistered, in milliseconds. Default: forever. */
  readonly deregisterAfterMs?: number | undefined
}

/** What stands under `/waypost/services/checks/<service>/<id>`. */
export interface CheckRecord {
  readonly check: InstanceCheck
  /** Where it is checked. */
  readonly target: Pick<InstanceRecord, 'host' | 'port' | 'scheme'>
}

export const checksPrefix = '/waypost/services/checks/'

export function checkKey(service: string, id: string): string {
  return `${checksPrefix}${service}/${id}`
}

/** The service and id of a check's key. */
export function readCheckKey(key: string): { readonly service: string; readonly id: string } | undefined {
  const [service = '', id = '', ...rest] = key.slice(checksPrefix.length).split('/')
  return service === '' || id === '' || rest.length > 0 ? undefined : { service, id }
}

/** Reads a record; `undefined` for one that cannot be used. */
export function readCheck(text: string): CheckRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return isCheckRecord(value) ? value : undefined
}

function isCheckRecord(value: unknown): value is CheckRecord {
  if (typeof value !== 'object' || value === null || !('check' in value) || !('target' in value)) return false
  const { check, target } = value
  if (typeof check !== 'object' || check === null || typeof target !== 'object' || target === null) return false
  if (!('host' in target) || !('port' in target) || typeof target.host !== 'string') return false
  try {
    resolveCheck({ ...check }, { host: target.host, port: Number(target.port), ...schemeOf(target) })
    return true
  } catch {
    return false
  }
}

function schemeOf(target: object): { readonly scheme?: string } {
  return 'scheme' in target && typeof target.scheme === 'string' ? { scheme: target.scheme } : {}
}

/** The check with its defaults. Throws `invalid-argument`. */
export function resolveCheck({ deregisterAfterMs: _, ...health }: InstanceCheck, target: CheckRecord['target']) {
  return resolveHealth(health, target)
}
