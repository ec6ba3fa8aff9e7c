import type { BalanceOptions } from '@waypost/registry'
import type { HashSpec, TargetSpec } from '../../document/routes-document.ts'
import type { RequestFacts } from '../../request/request-facts.ts'
import { headerOf, parameterOf, requestCookie } from '../../request/request-values.ts'
import type { Target } from '../target.ts'

/** The algorithm for calls, unless a target names another one. */
const defaultAlgorithm = 'peak-ewma'

/** The targets of a document, each once however many routes name it. */
export class Targets {
  readonly #byKey = new Map<string, Target>()

  get all(): readonly Target[] {
    return [...this.#byKey.values()]
  }

  of(spec: TargetSpec): Target {
    const key = JSON.stringify(spec, Object.keys(spec).length > 1 ? sortedKeys : undefined)
    const known = this.#byKey.get(key)
    if (known) return known
    const made = buildTarget(key, spec)
    this.#byKey.set(key, made)
    return made
  }
}

/** Writes the keys of objects in order, so that equal settings have equal texts. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function buildTarget(key: string, spec: TargetSpec): Target {
  const { service, version, zone, tags, metadata, hashBy, protocol = 'auto' } = spec
  const selects = version !== undefined || zone !== undefined || tags !== undefined || metadata !== undefined
  const algorithm = spec.algorithm ?? (hashBy ? 'rendezvous' : defaultAlgorithm)
  const balance: BalanceOptions = { algorithm }
  return {
    key,
    service,
    where: selects ? { version, zone, tags, metadata } : undefined,
    balance,
    protocol,
    ...(hashBy && { hashKey: hashKeyOf(hashBy) }),
  }
}

function hashKeyOf({ header, cookie, query }: HashSpec): (request: RequestFacts) => string | undefined {
  if (header !== undefined) {
    const name = header.toLowerCase()
    return (request) => headerOf(request, name)
  }
  if (cookie !== undefined) return (request) => requestCookie(request, cookie)
  if (query !== undefined) return (request) => parameterOf(request, query)
  return ({ clientAddress }) => clientAddress
}
