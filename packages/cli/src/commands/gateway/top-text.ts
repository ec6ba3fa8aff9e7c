import type { GatewayStatus } from '@waypost/gateway'
import { table } from '../../print/table.ts'

interface RouteFacts {
  readonly route: string
  readonly perSecond: number
  readonly errorsPerSecond: number
  readonly meanMs: number | undefined
}

interface InstanceFacts {
  readonly service: string
  readonly instance: string
  readonly address: string
  readonly status: string
  readonly perSecond: number
  readonly failedPerSecond: number
  readonly meanMs: number | undefined
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

export function topFacts(before: GatewayStatus, now: GatewayStatus, intervalMs: number): TopFacts {
  const perSecond = (count: number): number => Math.round((count * 10_000) / intervalMs) / 10
  const names = new Set([...now.routes.map(({ name }) => name), ...Object.keys(now.counts.routes)])
  const routes = [...names].map((route) => {
    const [earlier, later] = [before.counts.routes[route], now.counts.routes[route]]
    const isError = (status: string): boolean => Number(status) >= 500 || status === '499'
    return {
      route,
      perSecond: perSecond(total(later?.statuses) - total(earlier?.statuses)),
      errorsPerSecond: perSecond(total(later?.statuses, isError) - total(earlier?.statuses, isError)),
      meanMs: meanMs(earlier?.latency, later?.latency),
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
        meanMs: meanMs(earlier?.latency, later?.latency),
      }
    }),
  )
  const { connections, inFlight, queued, shed } = now.counts.gauges
  return { connections, inFlight, queued, shed, problems: now.document?.problems ?? [], routes, instances }
}

export function topText(before: GatewayStatus, now: GatewayStatus, intervalMs: number): string {
  const { connections, inFlight, queued, shed, problems, routes, instances } = topFacts(before, now, intervalMs)
  const ms = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1))
  return [
    `${connections} connections, ${inFlight} requests under way, ${queued} waiting, ${shed} refused\n`,
    ...problems.map((problem) => `New routes are not in force: ${problem}\n`),
    '\n',
    table(
      ['ROUTE', 'PER SECOND', 'ERRORS', 'MEAN MS'],
      routes.map((route) => [route.route, String(route.perSecond), String(route.errorsPerSecond), ms(route.meanMs)]),
    ),
    '\n',
    table(
      ['SERVICE', 'INSTANCE', 'ADDRESS', 'STATUS', 'PER SECOND', 'FAILED', 'MEAN MS'],
      instances.map((each) => [
        each.service,
        each.instance,
        each.address,
        each.status,
        String(each.perSecond),
        String(each.failedPerSecond),
        ms(each.meanMs),
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

/** A histogram begins with the sum and the count. */
function meanMs(before: readonly number[] | undefined, now: readonly number[] | undefined): number | undefined {
  const count = (now?.[1] ?? 0) - (before?.[1] ?? 0)
  return count > 0 ? ((now?.[0] ?? 0) - (before?.[0] ?? 0)) / count : undefined
}
