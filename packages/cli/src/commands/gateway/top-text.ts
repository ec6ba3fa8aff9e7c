import type { GatewayStatus, latencyQuantileMs } from '@waypost/gateway'
import { table } from '../../print/table.ts'

type Quantile = typeof latencyQuantileMs

interface RouteFacts {
  readonly route: string
  /** Absent while every breaker of the route is closed. */
  readonly breaker: 'open' | 'half-open' | undefined
  readonly perSecond: number
  readonly errorsPerSecond: number
  /** Of half and of 99 in 100 requests. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
}

interface InstanceFacts {
  readonly service: string
  readonly instance: string
  readonly address: string
  readonly status: string
  readonly perSecond: number
  readonly failedPerSecond: number
  /** Of half and of 99 in 100 requests. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
}

/** What a gateway did between two looks at it. */
export interface TopFacts {
  readonly connections: number
  readonly inFlight: number
  readonly queued: number
  readonly shed: number
  readonly problems: readonly string[]
  readonly routes: readonly RouteFacts[]
  readonly instances: readonly InstanceFacts[]
}

/** `quantile` is `latencyQuantileMs` of the gateway, which is loaded with this command alone. */
export function topFacts(before: GatewayStatus, now: GatewayStatus, intervalMs: number, quantile: Quantile): TopFacts {
  const perSecond = (count: number): number => Math.round((count * 10_000) / intervalMs) / 10
  const names = new Set([...now.routes.map(({ name }) => name), ...Object.keys(now.counts.routes)])
  const routes = [...names].map((route) => {
    const [earlier, later] = [before.counts.routes[route], now.counts.routes[route]]
    const isError = (status: string): boolean => Number(status) >= 500 || status === '499'
    return {
      route,
      breaker: now.counts.breakers[route],
      perSecond: perSecond(total(later?.statuses) - total(earlier?.statuses)),
      errorsPerSecond: perSecond(total(later?.statuses, isError) - total(earlier?.statuses, isError)),
      p50Ms: quantile(earlier?.latency, later?.latency, 0.5),
      p99Ms: quantile(earlier?.latency, later?.latency, 0.99),
    }
  })
  const instances = now.services.flatMap(({ service, instances: all }) =>
    all.map(({ id, address, status, isSuspect }) => {
      const [earlier, later] = [before.counts.instances[`${service}/${id}`], now.counts.instances[`${service}/${id}`]]
      const hasFailed = (result: string): boolean => result === 'failed' || result === 'unreachable'
      return {
        service,
        instance: id,
        address,
        status: isSuspect ? 'suspect' : status,
        perSecond: perSecond(total(later?.results) - total(earlier?.results)),
        failedPerSecond: perSecond(total(later?.results, hasFailed) - total(earlier?.results, hasFailed)),
        p50Ms: quantile(earlier?.latency, later?.latency, 0.5),
        p99Ms: quantile(earlier?.latency, later?.latency, 0.99),
      }
    }),
  )
  const { connections, inFlight, queued, shed } = now.counts.gauges
  return { connections, inFlight, queued, shed, problems: now.document?.problems ?? [], routes, instances }
}

export function topText(before: GatewayStatus, now: GatewayStatus, intervalMs: number, quantile: Quantile): string {
  const { connections, inFlight, queued, shed, problems, routes, instances } = topFacts(
    before,
    now,
    intervalMs,
    quantile,
  )
  const ms = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1))
  return [
    `${connections} connections, ${inFlight} requests under way, ${queued} waiting, ${shed} refused\n`,
    ...problems.map((problem) => `New routes are not in force: ${problem}\n`),
    '\n',
    table(
      ['ROUTE', 'BREAKER', 'PER SECOND', 'ERRORS', 'P50 MS', 'P99 MS'],
      routes.map((route) => [
        route.route,
        route.breaker ?? '',
        String(route.perSecond),
        String(route.errorsPerSecond),
        ms(route.p50Ms),
        ms(route.p99Ms),
      ]),
    ),
    '\n',
    table(
      ['SERVICE', 'INSTANCE', 'ADDRESS', 'STATUS', 'PER SECOND', 'FAILED', 'P50 MS', 'P99 MS'],
      instances.map((each) => [
        each.service,
        each.instance,
        each.address,
        each.status,
        String(each.perSecond),
        String(each.failedPerSecond),
        ms(each.p50Ms),
        ms(each.p99Ms),
      ]),
    ),
  ].join('')
}

function total(
  counts: Readonly<Record<string, number>> | undefined,
  counted = (_key: string): boolean => true,
): number {
  let sum = 0
  for (const [key, count] of Object.entries(counts ?? {})) if (counted(key)) sum += count
  return sum
}
