import type { Clock } from '@waypost/core'

export interface RpcClientTlsOptions {
  /** PEM of the authorities to trust, instead of the system's. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** PEM of the client's own certificate chain. */
  readonly cert?: string | Uint8Array | undefined
  /** PEM of the client's private key. */
  readonly key?: string | Uint8Array | undefined
  /** The name to check the server's certificate against. Default: the endpoint's host. */
  readonly servername?: string | undefined
  /** Default true. False accepts any certificate. */
  readonly rejectUnauthorized?: boolean | undefined
}

export interface RpcConnectionOptions {
  /** Only for `https://` endpoints. A function is asked when the connection is made. */
  readonly tls?: RpcClientTlsOptions | (() => RpcClientTlsOptions) | undefined
  /** Bounds TCP, TLS and HTTP/2 set-up together, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How often an HTTP/2 ping asks whether the peer is still there, in milliseconds. 0 never asks. Default 10,000. */
  readonly pingIntervalMs?: number | undefined
  /** How long a ping may go unanswered before the connection counts as lost, in milliseconds. Default 5,000. */
  readonly pingTimeoutMs?: number | undefined
  /** The largest message that is accepted, in bytes, after decompression. Default: no limit but memory. */
  readonly maxReceiveBytes?: number | undefined
  readonly clock?: Clock | undefined
}
