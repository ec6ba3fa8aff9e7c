import type { WaypostError } from '@waypost/core'
import type { Instance } from '../record/instance.ts'

/**
 * Why a record was gone. `lease-lost`: the store could not be reached for the time to live, lost the lease, or was
 * wiped. `deleted`: somebody deleted the key. `overwritten`: somebody wrote the key without a lease.
 */
export type LossReason = 'lease-lost' | 'deleted' | 'overwritten'

/** What happens to a registration. */
export type RegistrationEvent =
  | { readonly type: 'registered'; readonly at: Date; readonly revision: bigint }
  | { readonly type: 'lost'; readonly at: Date; readonly reason: LossReason }
  | { readonly type: 'restored'; readonly at: Date; readonly revision: bigint }
  /** It goes on trying, after the delay. */
  | { readonly type: 'restore-failed'; readonly at: Date; readonly error: WaypostError; readonly retryInMs: number }
  /** Another process holds the key now. This registration gives way and ends. */
  | { readonly type: 'superseded'; readonly at: Date; readonly holder: Instance | undefined }
  /** Its own check has changed its mind; `error` says why it is not healthy. */
  | { readonly type: 'health'; readonly at: Date; readonly healthy: boolean; readonly error: Error | undefined }
  | { readonly type: 'left'; readonly at: Date }

export type RegistrationState = 'registering' | 'registered' | 'restoring' | 'leaving' | 'superseded' | 'left'
