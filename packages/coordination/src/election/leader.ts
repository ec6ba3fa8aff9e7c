import type { KeyValue } from '@waypost/client'

/** Who leads an election, as everybody can see it. */
export interface Leader {
  /** What the leader says of itself. */
  readonly value: string
  /** The leader's fencing token. */
  readonly token: bigint
  readonly key: string
  /** The lease that the lead is attached to. */
  readonly lease: bigint
  /** The revision at which the value was proclaimed. */
  readonly revision: bigint
}

export function leaderOf(kv: KeyValue): Leader {
  return Object.freeze({
    value: kv.text(),
    token: kv.createRevision,
    key: kv.key,
    lease: kv.lease,
    revision: kv.modRevision,
  })
}

/** The candidate that came first. Names nest: keys of elections with longer names are left out. */
export function firstOf(prefix: string, kvs: Iterable<KeyValue>): KeyValue | undefined {
  let first: KeyValue | undefined
  for (const kv of kvs) {
    if (kv.key.slice(prefix.length).includes('/')) continue
    if (first === undefined || kv.createRevision < first.createRevision) first = kv
  }
  return first
}
