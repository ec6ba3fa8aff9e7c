import type { EtcdClient } from '@waypost/client'
import type { ConfigCenter } from '@waypost/config/admin'
import type { Coordination } from '@waypost/coordination'
import type { Clock } from '@waypost/core'
import type { Registry } from '@waypost/registry'
import type { Logger } from 'pino'
import type { Registry as MetricsRegistry } from 'prom-client'
import type { AccessTokens } from './caller/access-tokens.ts'
import type { Callers } from './caller/callers.ts'
import type { Sessions } from './caller/sessions.ts'
import type { HubSettings } from './hub-settings.ts'
import type { TimelineService } from './timeline/timeline-service.ts'

/** What the hub itself has, beside what belongs to callers. */
export interface HubServices {
  readonly settings: HubSettings
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: MetricsRegistry
  readonly sessions: Sessions
  readonly tokens: AccessTokens
  readonly callers: Callers
  readonly startedAt: Date
  /** Fires when the hub stops: streams and waits end, requests that run go on. */
  readonly stopping: AbortSignal
  /** Whether the hub serves over TLS. */
  readonly isSecure: boolean
  /** The store with the hub's own login: for its parts, never in place of the caller's rights. */
  readonly own: OwnLogin
  /** The timeline and the webhooks. */
  readonly timeline: TimelineService
}

export interface OwnLogin {
  readonly user: string | undefined
  readonly etcd: EtcdClient
  readonly registry: Registry
  readonly config: ConfigCenter
  readonly coordination: Coordination
  /** Asks the store whether it accepts the hub's login. */
  verify(signal: AbortSignal): Promise<void>
}
