import type { EtcdClientOptions } from '@waypost/client'
import type { DocumentCheck } from '@waypost/config/admin'
import { type Clock, systemClock } from '@waypost/core'
import type { HubDnsOptions, HubOptions, HubTlsOptions } from './hub-options.ts'
import type { McpMode } from './mcp/mcp-mode.ts'
import { type OidcSettings, oidcSettings } from './oidc/oidc-options.ts'
import type { TimelineSettings } from './timeline/timeline-service.ts'

/** The options with their defaults. */
export interface HubSettings {
  readonly host: string
  readonly port: number
  readonly tls: HubTlsOptions | undefined
  readonly insecure: boolean
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly sessionSecret: string | undefined
  readonly consoleDir: string | undefined
  readonly timeline: TimelineSettings
  readonly oidc: OidcSettings | undefined
  readonly mcp: McpMode
  readonly dns: HubDnsOptions | undefined
  readonly checks: Readonly<Record<string, DocumentCheck>>
  readonly closeTimeoutMs: number
  readonly drainMs: number
  readonly checkResponses: boolean
  readonly clock: Clock
  /** How the store is reached, without a login. */
  readonly storeOptions: EtcdClientOptions
  readonly auth: EtcdClientOptions['auth']
  /** Whether only this machine can reach the hub. */
  readonly isLoopback: boolean
}

export const defaultHubPort = 8379

export function hubSettings(options: HubOptions): HubSettings {
  const { host = '127.0.0.1', clock = systemClock } = options
  return Object.freeze({
    host,
    port: options.port ?? defaultHubPort,
    tls: options.tls,
    insecure: options.insecure ?? false,
    allowedHosts: [...(options.allowedHosts ?? [])],
    allowedOrigins: [...(options.allowedOrigins ?? [])],
    sessionSecret: options.sessionSecret,
    consoleDir: options.consoleDir,
    timeline: {
      isOn: options.timeline !== false,
      retention: options.timeline === false ? {} : { ...options.timeline },
      networks: [...(options.webhookNetworks ?? ['public'])],
    },
    dns: options.dns && { ...options.dns },
    mcp: options.mcp ?? 'read',
    oidc: options.oidc && oidcSettings(options.oidc, options.sessionSecret),
    checks: { ...options.checks },
    closeTimeoutMs: options.closeTimeoutMs ?? 5_000,
    drainMs: options.drainMs ?? 0,
    checkResponses: options.checkResponses ?? false,
    clock,
    storeOptions: {
      endpoints: options.endpoints,
      tls: options.storeTls,
      namespace: options.namespace,
      clock: options.clock,
      logger: false as const,
    },
    auth: options.auth,
    isLoopback: isLoopback(host),
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
