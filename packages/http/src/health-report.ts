import type { EtcdClient } from '@waypost/client'
import type { ServedInstance } from './served-instance.ts'

/** What a health route answers. */
export interface HealthReport {
  /** `leaving`: the instance drains, so load balancers are to stop sending. */
  readonly status: 'up' | 'leaving'
  /** Whether the store answers. When it does not, the process goes on with what it knew last. */
  readonly connected: boolean
  readonly endpoint: string | undefined
  /** Since when the store has not answered. */
  readonly staleSince: Date | undefined
  readonly registered: boolean
  readonly inFlight: number
}

/** Local: asks nobody. A store that is away makes nothing unhealthy, or it would take every service with it. */
export function healthReport(etcd: Pick<EtcdClient, 'state'>, instance: ServedInstance): HealthReport {
  const { state, endpoint, since } = etcd.state
  return {
    status: instance.isLeaving ? 'leaving' : 'up',
    connected: state === 'ready',
    endpoint,
    staleSince: state === 'connecting' ? since : undefined,
    registered: instance.registration?.state === 'registered',
    inFlight: instance.inFlight,
  }
}
