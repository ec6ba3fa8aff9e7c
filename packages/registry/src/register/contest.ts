import type { EtcdClient, KeyValue } from '@waypost/client'
import { type Clock, delay, WaypostError } from '@waypost/core'
import type { Instance, InstanceRecord } from '../record/instance.ts'
import { readInstance } from '../record/read-instance.ts'

export interface ContestOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
}

const pollMs = 500

/**
 * Decides what to do about a key that somebody holds already. A process that lives renews its lease; the ghost of one
 * that died does not, and it goes when its lease expires. So the lease is looked at until one or the other shows.
 *
 * Resolves with `undefined` when the key is free, and with the record to overwrite when it is this instance's own
 * former life: same host and port, and not renewed for more than half its time, although renewals come every third.
 * Fails with `already-exists` when the holder lives.
 */
export async function contest(
  etcd: EtcdClient,
  record: InstanceRecord,
  held: KeyValue,
  { clock, signal }: ContestOptions,
): Promise<KeyValue | undefined> {
  let holder = held
  let first: Reading | undefined
  for (;;) {
    if (WaypostError.is(signal.reason, 'deadline-exceeded')) {
      throw alreadyExists(record, undefined, 'Whether its process is alive did not show in time.')
    }
    const { instance } = readInstance(holder.key, holder.bytes, holder.modRevision)
    if (holder.lease === 0n) throw alreadyExists(record, instance, 'It has no lease, so it never goes by itself.')
    const askedMs = clock.monotonicMs()
    const { ttlSeconds, grantedTtlSeconds } = await etcd.leases.timeToLive(holder.lease, { signal })
    if (first?.lease !== holder.lease) first = { lease: holder.lease, ttlSeconds, atMs: clock.monotonicMs() }
    const elapsedSeconds = (askedMs - first.atMs) / 1000
    if (wasRenewed(first, ttlSeconds, elapsedSeconds) && instance?.status !== 'leaving') {
      throw alreadyExists(record, instance, 'Its process is alive.')
    }
    const own = instance?.host === record.host && instance.port === record.port
    if (own && elapsedSeconds > grantedTtlSeconds / 2) return holder
    await delay(pollMs, { clock })
    const now = await etcd.kv.get(holder.key, { signal })
    if (now === undefined) return undefined
    holder = now
  }
}

interface Reading {
  readonly lease: bigint
  /** Truncated by the store to whole seconds. */
  readonly ttlSeconds: number
  readonly atMs: number
}

/**
 * Whether more is left than could be left without a renewal. The time between the readings is taken too short rather
 * than too long: from the first answer to the later question. 0 left says nothing: the lease may have run out just now.
 */
function wasRenewed(first: Reading, ttlSeconds: number, elapsedSeconds: number): boolean {
  return ttlSeconds > 0 && ttlSeconds > first.ttlSeconds + 1 - elapsedSeconds
}

export function alreadyExists(record: InstanceRecord, holder: Instance | undefined, why: string): WaypostError {
  const at = holder === undefined ? '' : ` at ${holder.address}`
  return new WaypostError(
    'already-exists',
    `The service ${JSON.stringify(record.service)} has an instance ${JSON.stringify(record.id)}${at} already. ${why}`,
    { details: { service: record.service, id: record.id, holder } },
  )
}
