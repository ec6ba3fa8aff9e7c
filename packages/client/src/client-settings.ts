import { WaypostError } from '@waypost/core'
import type { EtcdClientOptions } from './client-options.ts'
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
  const { auth, tls, keepAlive = {}, memberSync, namespace = '' } = options
  if (typeof namespace !== 'string') throw invalid(`namespace must be text, not ${typeof namespace}.`)
  if (auth !== undefined && (typeof auth.username !== 'string' || typeof auth.password !== 'string')) {
    throw invalid('auth needs a username and a password.')
  }
  return Object.freeze({
    endpoints: parseEndpoints(options.endpoints, tls !== undefined),
    auth: auth && Object.freeze({ username: auth.username, password: auth.password }),
    namespace,
    timeoutMs: positive('timeoutMs', options.timeoutMs ?? defaults.timeoutMs),
    connectTimeoutMs: positive('connectTimeoutMs', options.connectTimeoutMs ?? defaults.connectTimeoutMs),
    closeTimeoutMs: positive('closeTimeoutMs', options.closeTimeoutMs ?? defaults.closeTimeoutMs),
    pingIntervalMs:
      keepAlive.intervalMs === 0
        ? 0
        : positive('keepAlive.intervalMs', keepAlive.intervalMs ?? defaults.pingIntervalMs),
    pingTimeoutMs: positive('keepAlive.timeoutMs', keepAlive.timeoutMs ?? defaults.pingTimeoutMs),
    memberSyncMs: memberSync && positive('memberSync.intervalMs', memberSync.intervalMs),
  })
}

function positive(name: string, value: number): number {
  if (typeof value === 'number' && value > 0) return value
  throw invalid(`${name} must be a number of milliseconds above 0, not ${value}.`)
}

function invalid(message: string): WaypostError {
  return new WaypostError('invalid-argument', message)
}
