import {
  type EtcdClient,
  get,
  type KeyValue,
  type Lease,
  lease as leaseOf,
  modRevision,
  put,
  version,
} from '@waypost/client'
import { type CallOptions, WaypostError } from '@waypost/core'

/** A key to be written, where there is none or over exactly the version that `over` is. */
export interface Claim {
  readonly key: string
  readonly text: string
  readonly lease: Lease
  readonly over: KeyValue | undefined
}

/** What became of claims: the revisions at which they are written, or who holds which key; then nothing is written. */
export type Claimed =
  | { readonly revisions: readonly bigint[]; readonly holders?: undefined }
  | { readonly revisions?: undefined; readonly holders: readonly (KeyValue | undefined)[] }

/**
 * Writes records in one transaction, all or none.
 * The guard makes it safe to repeat: a first attempt whose answer was lost is recognised by its leases and texts.
 */
export async function claim(etcd: EtcdClient, claims: readonly Claim[], options?: CallOptions): Promise<Claimed> {
  const result = await repeated(() =>
    etcd
      .txn()
      .if(...claims.map(({ key, over }) => (over ? modRevision(key).equals(over.modRevision) : version(key).equals(0))))
      .do(...claims.map(({ key, text, lease }) => put(key, text, { lease: lease.id })))
      .else(...claims.map(({ key }) => get(key)))
      .commit(options),
  )
  if (result.succeeded) return { revisions: claims.map(() => result.revision) }
  const holders: readonly (KeyValue | undefined)[] = result.responses
  const revisions = claims.flatMap(({ text, lease }, index) => {
    const holder = holders[index]
    return holder?.lease === lease.id && holder.text() === text ? holder.modRevision : []
  })
  return revisions.length === claims.length ? { revisions } : { holders }
}

/** Rewrites the record if it is still attached to the lease. `undefined` when it is not. */
export async function rewrite(
  etcd: EtcdClient,
  key: string,
  text: string,
  lease: Lease,
  options?: CallOptions,
): Promise<bigint | undefined> {
  const result = await repeated(() =>
    etcd
      .txn()
      .if(leaseOf(key).equals(lease.id))
      .do(put(key, text, { lease: lease.id }))
      .commit(options),
  )
  return result.succeeded ? result.revision : undefined
}

const maxAttempts = 3

/**
 * Sends a guarded write again when its answer was lost with the connection: applied twice, it does what it does once.
 * When the deadline passed there is no time for more.
 */
export async function repeated<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      const lost = WaypostError.is(error, 'outcome-unknown') && error.details.status !== 'DEADLINE_EXCEEDED'
      if (!lost || attempt === maxAttempts) throw error
    }
  }
}
