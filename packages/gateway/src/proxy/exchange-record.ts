/** What became of one request: for the access log, metrics and traces. */
export interface ExchangeRecord {
  readonly requestId: string
  readonly protocol: '1.0' | '1.1' | '2'
  /** `''` when the head of the request could not be read. */
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly path: string
  readonly clientAddress: string
  /** `undefined` when no route took it. */
  readonly route: string | undefined
  readonly service: string | undefined
  /** The instance that answered, or that was tried last. */
  readonly instance: string | undefined
  /** Why this target: `target`, `split`, `canary`, `fallback`. */
  readonly reason: string | undefined
  readonly tries: number
  /** 499 when the client went away before an answer was begun. */
  readonly status: number
  /** The gateway's own code, when it answered itself or the exchange broke. */
  readonly code: string | undefined
  readonly subject: string | undefined
  readonly durationMs: number
  /** From the first try to the head of the answer. */
  readonly upstreamMs: number | undefined
  readonly bytesReceived: number
  readonly bytesSent: number
}
