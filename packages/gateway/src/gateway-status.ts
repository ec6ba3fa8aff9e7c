import type { GatewayCounts } from './metrics/gateway-metrics.ts'
import type { RouteTable } from './routes/route.ts'
import type { Target } from './routes/target.ts'
import type { RouteSourceState } from './source/route-source.ts'
import type { TargetView } from './upstream/target-view.ts'

/** A gateway at one moment: plain JSON. */
export interface GatewayStatus {
  readonly routes: readonly RouteStatus[]
  readonly services: readonly ServiceStatus[]
  readonly counts: GatewayCounts
  readonly document: RouteSourceState | undefined
}

export interface RouteStatus {
  readonly name: string
  readonly kind: 'proxy' | 'answer'
  readonly services: readonly string[]
  readonly policies: readonly { readonly name: string; readonly kind: string; readonly state?: unknown }[]
}

export interface ServiceStatus {
  readonly service: string
  readonly isReady: boolean
  readonly staleSince: string | undefined
  readonly instances: readonly InstanceStatus[]
}

export interface InstanceStatus {
  readonly id: string
  readonly address: string
  readonly status: string
  readonly zone: string | undefined
  readonly version: string | undefined
  readonly weight: number
  readonly isSuspect: boolean
}

export function statusOf(
  table: RouteTable | undefined,
  upstreams: Iterable<{
    readonly target: Target
    readonly view: Pick<TargetView, 'isReady' | 'staleSince' | 'instances'> | undefined
  }>,
  counts: GatewayCounts,
  document: RouteSourceState | undefined,
): GatewayStatus {
  const routes = (table?.routes ?? []).map(({ name, action, policies }) => ({
    name,
    kind: action.kind,
    services: action.kind === 'proxy' ? action.targets.map(({ service }) => service) : [],
    policies: policies.map((policy) => ({ name: policy.name, kind: policy.kind, state: policy.state?.() })),
  }))
  const services = [...upstreams].map(({ target, view }) => ({
    service: target.service,
    isReady: view?.isReady ?? false,
    staleSince: view?.staleSince?.toISOString(),
    instances: (view?.instances ?? []).map(({ id, address, status, zone, version, weight, suspect }) => ({
      id,
      address,
      status,
      zone,
      version,
      weight,
      isSuspect: suspect,
    })),
  }))
  return { routes, services, counts, document }
}
