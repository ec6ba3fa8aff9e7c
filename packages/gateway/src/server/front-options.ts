import type { SecureContext } from 'node:tls'

/** Limits on what clients may send and how long they may take. */
export interface FrontLimits {
  /** All headers of a request together. Default 16,384. */
  readonly maxHeaderBytes?: number | undefined
  /** From the first byte of a connection or request until its headers are whole. Default 10,000. */
  readonly headersTimeoutMs?: number | undefined
  /** How long a connection may be idle between two requests. Default 65,000. */
  readonly keepAliveMs?: number | undefined
  /** Connections at a time; more are closed at once. Default 50,000. */
  readonly maxConnections?: number | undefined
  /** Streams at a time on one HTTP/2 connection. Default 128. */
  readonly maxStreams?: number | undefined
}

/** TLS for clients. */
export interface FrontTls {
  /** The certificate for a server name; the default one for a name that is not known, or none. */
  contextFor(serverName: string | undefined): SecureContext | undefined
  /** PEM certificates of the authorities that sign clients' certificates. Clients are asked for one when it is there. */
  readonly clientCa?: string | Buffer | undefined
}

export interface FrontOptions {
  readonly limits: Required<{ [Name in keyof FrontLimits]: number }>
  readonly tls: FrontTls | undefined
  /** Every connection begins with a PROXY header, version 1 or 2. */
  readonly proxyProtocol: boolean
}

export const defaultFrontLimits: FrontOptions['limits'] = {
  maxHeaderBytes: 16_384,
  headersTimeoutMs: 10_000,
  keepAliveMs: 65_000,
  maxConnections: 50_000,
  maxStreams: 128,
}
