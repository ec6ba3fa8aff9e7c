import type { CallOptions } from '@waypost/core'
import { callOptionKinds, type OptionKinds, text } from '@waypost/core/options'

export interface EndpointOptions extends CallOptions {
  /** Asks this endpoint. Default the one in use. */
  readonly endpoint?: string | undefined
}

export const endpointOptionKinds: OptionKinds<EndpointOptions> = { ...callOptionKinds, endpoint: text }
