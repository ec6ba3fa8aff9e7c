import type { EtcdClient, KeyValue } from '@waypost/client'
import type { Clock } from '@waypost/core'
import type { InstanceRecord } from '../record/instance.ts'
import { contest } from './contest.ts'
import type { HeldRecord } from './held-record.ts'
import { reclaim } from './reclaim.ts'

/** A record that is to be written for the first time. */
export interface Entrant {
  readonly record: InstanceRecord
  readonly held: HeldRecord
}

export interface EnterOptions {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Writes records for the first time, in one transaction, all or none. Where a key is held, it is found out by whom:
 * see `contest`.
 */
export async function enter(entrants: readonly Entrant[], { etcd, clock, signal }: EnterOptions): Promise<void> {
  await Promise.all(entrants.map(({ held }) => held.withdrawn(signal)))
  let over: (KeyValue | undefined)[] = []
  for (;;) {
    const claimants = entrants.map(({ held }, index) => ({ claimant: held, over: over[index] }))
    const { revisions, holders } = await reclaim(etcd, claimants, signal, { signal })
    if (revisions) {
      for (const [index, { held }] of entrants.entries()) held.hold(revisions[index] ?? 0n)
      return
    }
    over = await Promise.all(
      entrants.map(async ({ record }, index) => {
        const holder = holders[index]
        return holder && contest(etcd, record, holder, { clock, signal })
      }),
    )
  }
}
