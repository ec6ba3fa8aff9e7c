import type { ResultOf } from '../../api/call.ts'

export type Gateway = ResultOf<'gateways.list'>['gateways'][number]
type Route = Gateway['routes'][number]

type Instance = NonNullable<Gateway['instances']>[number]

/** A route as all gateways together carry it; its latencies are those of the slowest. */
export interface RouteSum extends Route {
  /** On how many gateways it is in force. */
  readonly gateways: number
}

/** The routes of all gateways by name, the busiest first. */
export function sumRoutes(gateways: readonly Gateway[]): readonly RouteSum[] {
  const sums = new Map<string, RouteSum>()
  for (const route of gateways.flatMap(({ routes }) => routes)) {
    const known = sums.get(route.name)
    sums.set(route.name, {
      ...route,
      services: union(known?.services, route.services),
      policies: union(known?.policies, route.policies),
      requestsPerSecond: (known?.requestsPerSecond ?? 0) + route.requestsPerSecond,
      errorsPerSecond: (known?.errorsPerSecond ?? 0) + route.errorsPerSecond,
      ...slowest(known, route),
      gateways: (known?.gateways ?? 0) + 1,
    })
  }
  return [...sums.values()].sort((a, b) => b.requestsPerSecond - a.requestsPerSecond || (a.name < b.name ? -1 : 1))
}

/** The instances that the gateways call, the busiest first; their latencies are those that the slowest gateway sees. */
export function sumInstances(gateways: readonly Gateway[]): readonly Instance[] {
  const sums = new Map<string, Instance>()
  for (const instance of gateways.flatMap(({ instances = [] }) => instances)) {
    const key = instanceKey(instance)
    const known = sums.get(key)
    sums.set(key, {
      ...instance,
      // One gateway that doubts is worth a look.
      status: known?.status === 'suspect' ? known.status : instance.status,
      requestsPerSecond: (known?.requestsPerSecond ?? 0) + instance.requestsPerSecond,
      failuresPerSecond: (known?.failuresPerSecond ?? 0) + instance.failuresPerSecond,
      ...slowest(known, instance),
    })
  }
  return [...sums.values()].sort(
    (a, b) => b.requestsPerSecond - a.requestsPerSecond || (instanceKey(a) < instanceKey(b) ? -1 : 1),
  )
}

export function instanceKey({ service, instance }: Pick<Instance, 'service' | 'instance'>): string {
  return `${service}/${instance}`
}

interface Latencies {
  readonly p50Ms?: number
  readonly p99Ms?: number
}

function slowest(known: Latencies | undefined, more: Latencies): Latencies {
  const worse = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
  const p50Ms = worse(known?.p50Ms, more.p50Ms)
  const p99Ms = worse(known?.p99Ms, more.p99Ms)
  return { ...(p50Ms === undefined ? {} : { p50Ms }), ...(p99Ms === undefined ? {} : { p99Ms }) }
}

/** `–`, `0.8`, `12`, `1,250`. */
export function milliseconds(ms: number | undefined): string {
  if (ms === undefined) return '–'
  const digits = ms < 10 ? 1 : 0
  return ms.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function union(known: readonly string[] = [], more: readonly string[]): readonly string[] {
  return [...new Set([...known, ...more])]
}

/** `0`, `0.4`, `12.5`, `1,250`. */
export function rate(perSecond: number): string {
  const digits = perSecond > 0 && perSecond < 100 ? 1 : 0
  return perSecond.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
