import type { EtcdClient, KeyValue, Lease } from '@waypost/client'
import { type CallOptions, WaypostError } from '@waypost/core'
import { type Claim, type Claimed, claim } from './claim.ts'

/** The owner that claims a key. */
export interface Claimant {
  /** What to write to take the key, on the lease as it is now. */
  claimOver(over: KeyValue | undefined, signal: AbortSignal): Promise<Claim>
  /** The store does not know this lease any more. */
  discard(lease: Lease): Promise<void>
}

/**
 * Claims in one transaction, as `claim` does. When the store turns out not to know a lease any more, it is done once
 * more on a new one. `signal` bounds the wait for the leases, `options` the write.
 */
export async function reclaim(
  etcd: EtcdClient,
  claimants: readonly { readonly claimant: Claimant; readonly over: KeyValue | undefined }[],
  signal: AbortSignal,
  options?: CallOptions,
): Promise<Claimed> {
  for (let isLast = false; ; isLast = true) {
    const claims = await Promise.all(claimants.map(({ claimant, over }) => claimant.claimOver(over, signal)))
    try {
      return await claim(etcd, claims, options)
    } catch (error) {
      if (!WaypostError.is(error, 'lease-not-found')) throw error
      const leases = claims.map(({ lease }) => lease)
      await Promise.all(claimants.map(({ claimant }, index) => leases[index] && claimant.discard(leases[index])))
      if (isLast) throw error
    }
  }
}
