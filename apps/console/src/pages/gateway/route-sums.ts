import type { ResultOf } from '../../api/call.ts'

export type Gateway = ResultOf<'gateways.list'>['gateways'][number]
type Route = Gateway['routes'][number]

/** A route as all gateways together carry it. */
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
      gateways: (known?.gateways ?? 0) + 1,
    })
  }
  return [...sums.values()].sort((a, b) => b.requestsPerSecond - a.requestsPerSecond || (a.name < b.name ? -1 : 1))
}

function union(known: readonly string[] = [], more: readonly string[]): readonly string[] {
  return [...new Set([...known, ...more])]
}

/** `0`, `0.4`, `12.5`, `1,250`. */
export function rate(perSecond: number): string {
  const digits = perSecond > 0 && perSecond < 100 ? 1 : 0
  return perSecond.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
