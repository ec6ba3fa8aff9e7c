import type { WaypostErrorCode } from '@waypost/core'

/** How a call ended. */
export type CallOutcome = 'ok' | WaypostErrorCode

/** What is counted and timed about a client. Methods must be quick and must not throw; they never see keys or values. */
export interface EtcdMetrics {
  /** A call has ended, its retries included. `method` is that of the wire, such as `KV/Range`. */
  callEnded?(method: string, outcome: CallOutcome, seconds: number): void
  /** A call is sent once more. */
  callRetried?(method: string): void
  connected?(): void
  /** The connection in use was lost. */
  disconnected?(): void
  /** Events have arrived, before they are handed to the watches and caches that share them. */
  watchEventsReceived?(count: number): void
  /** Watches lost their stream, and are taken up again where they were. */
  watchesInterrupted?(count: number): void
  /** A lease was lost, not given up. */
  leaseLost?(): void
  /** Called once for every client. `read` returns its present state. Returns a function that is called when the client closes. */
  clientOpened?(read: () => EtcdGauges): () => void
}

/** A client at one moment. */
export interface EtcdGauges {
  readonly connected: boolean
  /** Leases that are kept alive, or were granted and live for their time. */
  readonly leases: number
  readonly watches: number
  readonly caches: number
  /** Caches that do not follow the store at present. */
  readonly staleCaches: number
  /** For how long the cache that has been stale the longest has been so; 0 when none is. */
  readonly stalenessSeconds: number
  /**
   * How far the cache that is furthest behind is from the newest revision that this client has heard of. A cache of a
   * quiet range moves on only when the store reports progress, so this matters beside `staleCaches`.
   */
  readonly cacheRevisionLag: number
}
