/** A server on a data directory that can be ended from one moment to the next, and started again. */
export interface CrashableServer {
  readonly dataDir: string
  /** Where it serves since the last `serving`. */
  readonly url: string
  /** Starts it without waiting until it serves. */
  launch(): Promise<void>
  /** Resolves once it serves. */
  serving(): Promise<void>
  /** Rejects when there was nothing left to end. */
  crash(): Promise<void>
  close(): Promise<void>
}
