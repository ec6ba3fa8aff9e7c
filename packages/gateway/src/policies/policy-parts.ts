import type { Clock } from '@waypost/core'

/** A rate that all gateways count together. `RateLimit` of `@waypost/coordination` is one. */
export interface SharedRate {
  tryTake(): Promise<{ readonly allowed: boolean; readonly retryAfterMs: number; readonly remaining: number }>
}

export interface SharedRateOptions {
  readonly limit: number
  readonly intervalMs: number
  readonly burst: number
}

/** What policies are made with. */
export interface PolicyParts {
  readonly clock: Clock
  /** Fetches keys, and asks other programs for authorisation. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Makes a shared rate; absent where there is no store: then each process counts on its own. */
  readonly sharedRate?: ((name: string, options: SharedRateOptions) => SharedRate) | undefined
  /** How many worker processes of this gateway share what is limited for the gateway. */
  readonly workers: number
  /** Called with what is wrong without stopping anything, for example that keys cannot be fetched. */
  readonly onNotice: (message: string) => void
}
