import type { GatewayStatus } from '../gateway-status.ts'
import type { AnnouncedCounts } from './announcer.ts'

const noDocument = {
  path: '',
  revision: '0',
  release: undefined,
  staleSince: undefined,
  isFromSnapshot: false,
  problems: [],
  refused: 0,
}

/** What of a gateway's status is published. */
export function announcedCounts({ routes, services, counts, document }: GatewayStatus): AnnouncedCounts {
  return {
    inFlight: counts.gauges.inFlight,
    connections: counts.gauges.connections,
    document: document ?? noDocument,
    routes: routes.map(({ name, kind, services, policies }) => {
      const statuses = Object.entries(counts.routes[name]?.statuses ?? {})
      const sum = (from: number): number =>
        statuses.reduce((total, [status, count]) => total + (Number(status) >= from ? count : 0), 0)
      const names = policies.map((policy) => policy.name)
      const latency = counts.routes[name]?.latency ?? []
      const breaker = counts.breakers[name]
      return { name, kind, services, policies: names, breaker, requests: sum(0), errors: sum(500), latency }
    }),
    instances: services.flatMap(({ service, instances }) =>
      instances.map(({ id, address, status, isSuspect }) => {
        const { results = {}, latency = [] } = counts.instances[`${service}/${id}`] ?? {}
        return {
          service,
          instance: id,
          address,
          status: isSuspect ? 'suspect' : status,
          requests: Object.values(results).reduce((sum, count) => sum + count, 0),
          failures: (results.failed ?? 0) + (results.unreachable ?? 0),
          latency,
        }
      }),
    ),
  }
}
