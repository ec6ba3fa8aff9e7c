import { checkOptions } from '@waypost/core/options'
import { type EtcdClientOptions, etcdClientOptionKinds } from './client-options.ts'
import { parseEndpoints } from './link/endpoints.ts'
import type { Credentials } from './link/login.ts'

const defaults = {
  timeoutMs: 5_000,
  connectTimeoutMs: 2_000,
  pingIntervalMs: 2_000,
  pingTimeoutMs: 2_500,
  closeTimeoutMs: 1_000,
} as const

/** What a client's options come to: checked, with defaults, and none of the caller's objects. */
export interface ClientSettings {
  readonly endpoints: readonly string[]
  readonly auth: Credentials | undefined
  readonly namespace: string
  readonly timeoutMs: number
  readonly connectTimeoutMs: number
  readonly closeTimeoutMs: number
  /** 0 for never. */
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  /** How often to ask for the cluster's members; undefined for never. */
  readonly memberSyncMs: number | undefined
}

/** Fails with `invalid-argument` when an option would not work. */
export function clientSettings(options: EtcdClientOptions): ClientSettings {
  checkOptions('EtcdClient', options, etcdClientOptionKinds)
  const { auth, tls, keepAlive = {}, memberSync, namespace = '' } = options
  return Object.freeze({
    endpoints: parseEndpoints(options.endpoints, tls !== undefined),
    auth: auth && Object.freeze({ username: auth.username, password: auth.password, optional: auth.optional }),
    namespace,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    connectTimeoutMs: options.connectTimeoutMs ?? defaults.connectTimeoutMs,
    closeTimeoutMs: options.closeTimeoutMs ?? defaults.closeTimeoutMs,
    pingIntervalMs: keepAlive.intervalMs ?? defaults.pingIntervalMs,
    pingTimeoutMs: keepAlive.timeoutMs ?? defaults.pingTimeoutMs,
    memberSyncMs: memberSync?.intervalMs,
  })
}
