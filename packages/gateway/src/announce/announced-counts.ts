import type { GatewayStatus } from '../gateway-status.ts'
import type { AnnouncedCounts } from './announcer.ts'

const noDocument = {
  path: '',
  revision: '0',
  release: undefined,
  staleSince: undefined,
  isFromSnapshot: false,
  problems: [],
}

/** What of a gateway's status is published. */
export function announcedCounts({ routes, counts, document }: GatewayStatus): AnnouncedCounts {
  return {
    inFlight: counts.gauges.inFlight,
    connections: counts.gauges.connections,
    document: document ?? noDocument,
    routes: routes.map(({ name, kind, services, policies }) => {
      const statuses = Object.entries(counts.routes[name]?.statuses ?? {})
      const sum = (from: number): number =>
        statuses.reduce((total, [status, count]) => total + (Number(status) >= from ? count : 0), 0)
      const names = policies.map((policy) => policy.name)
      return { name, kind, services, policies: names, requests: sum(0), errors: sum(500) }
    }),
  }
}
