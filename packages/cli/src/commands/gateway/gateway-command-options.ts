import type { GlobalOptions } from '../../command-line/global-options.ts'

export interface GatewayCommandOptions extends GlobalOptions {
  readonly config?: string
  readonly host: string
  readonly port: number
  readonly adminPort: number
  readonly routes: string
  readonly workers: number
  readonly zone?: string
  readonly snapshotDir?: string
  readonly certFile?: string[]
  readonly keyFile?: string[]
  readonly certificates?: string
  readonly clientCaFile?: string
  readonly trustedProxies?: string[]
  readonly proxyProtocol?: true
  readonly accessLog?: number
  readonly traces?: boolean
  readonly drainTimeout: number
}
