import type { EtcdClient } from '@waypost/client'
import type { ConfigCenter } from '@waypost/config/admin'
import type { Coordination } from '@waypost/coordination'
import type { Registry } from '@waypost/registry'
import type { LiveViews } from '../live/live-views.ts'
import type { OpenToken } from './access-tokens.ts'
import type { Credentials } from './credentials.ts'
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
  /** Present when the request showed a named token. */
  readonly token: OpenToken | undefined
  /** The login that the request showed, or that its session or token stands for. */
  readonly credentials: Credentials | undefined
  /** Calls `listener` once when the session or token has ended. Returns the function that removes it. */
  onEnd(listener: () => void): () => void
}
