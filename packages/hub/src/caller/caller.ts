import type { EtcdClient } from '@waypost/client'
import type { ConfigCenter } from '@waypost/config/admin'
import type { Coordination } from '@waypost/coordination'
import type { Registry } from '@waypost/registry'
import type { LiveViews } from '../live/live-views.ts'
import type { IdleCache } from './idle-cache.ts'
import type { Session } from './sessions.ts'

/** The store with the rights of one login. Shared by all requests with that login. */
export interface Login {
  /** The user of the store; `undefined` where the store asks for no login. */
  readonly user: string | undefined
  readonly etcd: EtcdClient
  readonly registry: Registry
  readonly config: ConfigCenter
  readonly coordination: Coordination
  /** What is followed with these rights. */
  readonly views: LiveViews
  /** What is kept open between requests. */
  readonly kept: IdleCache
}

/** Who makes a request. */
export interface Caller extends Login {
  /** The address that the request came from. */
  readonly sourceAddress: string
  /** Present when the request showed a session's token. */
  readonly session: Session | undefined
}
