import type { WaypostError } from '@waypost/core'

/** `idle`: nothing was asked yet; `connecting`: no store answers at present; `ready`; `closed`: by `close()`. */
export type LinkState = 'idle' | 'connecting' | 'ready' | 'closed'

/** The state of the client's link to the store. */
export interface LinkStatus {
  readonly state: LinkState
  /** The endpoint in use when `ready`; otherwise the one that was used last. */
  readonly endpoint: string | undefined
  /** Since when it is so. */
  readonly since: Date
  /** Why the link was lost, or why the last attempt failed. */
  readonly error: WaypostError | undefined
}
