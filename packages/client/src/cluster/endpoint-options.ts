import type { CallOptions } from '@waypost/core'

export interface EndpointOptions extends CallOptions {
  /** Asks this endpoint. Default the one in use. */
  readonly endpoint?: string | undefined
}
