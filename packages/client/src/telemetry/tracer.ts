import type { WaypostError } from '@waypost/core'

/** Makes a span of every call. */
export interface EtcdTracer {
  /** A call begins, such as `etcdserverpb.KV` and `Range`. */
  startCall(service: string, method: string): EtcdSpan
}

export interface EtcdSpan {
  /** The call has ended; without an error it succeeded. */
  end(error: WaypostError | undefined): void
}
