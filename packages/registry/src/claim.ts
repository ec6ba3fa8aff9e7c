import {
  del,
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
import type { InstanceRecord } from './instance.ts'

/** What became of an attempt to write a record: its revision, or who holds the key. */
export type Claim =
  | { readonly revision: bigint; readonly holder?: undefined }
  | { readonly revision?: undefined; readonly holder: KeyValue }

/**
 * Writes a record where there is none, or over exactly the version that `over` is.
 * The guard makes it safe to repeat: a first attempt whose answer was lost is recognised by its lease and text.
 */
export async function claim(
  etcd: EtcdClient,
  key: string,
  record: InstanceRecord,
  lease: Lease,
  over: KeyValue | undefined,
  options?: CallOptions,
): Promise<Claim> {
  const text = JSON.stringify(record)
  const guard = over === undefined ? version(key).equals(0) : modRevision(key).equals(over.modRevision)
  const result = await repeated(() =>
    etcd
      .txn()
      .if(guard)
      .do(put(key, text, { lease: lease.id }))
      .else(get(key))
      .commit(options),
  )
  if (result.succeeded) return { revision: result.revision }
  const [holder] = result.responses
  if (holder === undefined) return claim(etcd, key, record, lease, undefined, options)
  if (holder.lease === lease.id && holder.text() === text) return { revision: holder.modRevision }
  return { holder }
}

/** Rewrites the record if it still hangs on the lease. `undefined` when it does not. */
export async function rewrite(
  etcd: EtcdClient,
  key: string,
  record: InstanceRecord,
  lease: Lease,
  options?: CallOptions,
): Promise<bigint | undefined> {
  const result = await repeated(() =>
    etcd
      .txn()
      .if(leaseOf(key).equals(lease.id))
      .do(put(key, JSON.stringify(record), { lease: lease.id }))
      .commit(options),
  )
  return result.succeeded ? result.revision : undefined
}

/** Deletes the record if it still hangs on the lease. */
export async function withdraw(etcd: EtcdClient, key: string, lease: Lease, options?: CallOptions): Promise<void> {
  await repeated(() => etcd.txn().if(leaseOf(key).equals(lease.id)).do(del(key)).commit(options))
}

const maxAttempts = 3

/**
 * Sends a guarded write again when its answer was lost with the connection: applied twice, it does what it does once.
 * When the deadline passed there is no time for more.
 */
async function repeated<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      const lost = WaypostError.is(error, 'outcome-unknown') && error.details.status !== 'DEADLINE_EXCEEDED'
      if (!lost || attempt === maxAttempts) throw error
    }
  }
}
