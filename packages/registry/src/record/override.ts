import type { RegisteredStatus } from './status.ts'

/** `leaving`: drained, no new traffic. `disabled`: no traffic. Both stay listed. */
export type OverrideStatus = 'leaving' | 'disabled'

/**
 * What an operator has set for an instance: the JSON value under `/waypost/services/overrides/<service>/<id>`. It is
 * attached to no lease: it outlives the instance and applies again when an instance registers under the same id.
 */
export interface Override {
  readonly weight?: number | undefined
  readonly status?: OverrideStatus | undefined
  readonly reason?: string | undefined
  /** Who set it. */
  readonly by?: string | undefined
  /** When, ISO 8601. */
  readonly at?: string | undefined
}

/** An override together with what the instance's own record says. */
export interface AppliedOverride extends Override {
  readonly registered: { readonly weight: number; readonly status: RegisteredStatus }
}
