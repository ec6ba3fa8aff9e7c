import { del, type EtcdClient, type KeyValue, modRevision, put } from '@waypost/client'
import {
  type AuditSpan,
  auditChainKey,
  auditHash,
  auditPrefix,
  type Clock,
  type Deadline,
  invalidArgument,
  parseAuditChain,
} from '@waypost/core'
import { parseAudit } from '../../records/audit.ts'
import type { Authorship } from './authorship.ts'
import { commitGuarded } from './guarded-write.ts'
import { mergeSpans } from './merge-spans.ts'

/** A transaction has at most 128 steps in the store's usual setting. */
const batchSize = 100

const dayMs = 24 * 60 * 60 * 1000

/**
 * Deletes what was done longer ago, by the clocks of those who did it, and returns how many entries went. What goes is
 * written down in the chain in the same transaction, so that the rest can still be verified.
 */
export async function pruneAudit(
  etcd: EtcdClient,
  clock: Clock,
  olderThanDays: number,
  { author }: Authorship,
  deadline: Deadline,
): Promise<number> {
  if (!(olderThanDays >= 0)) throw invalidArgument(`olderThanDays must be 0 or more, not ${olderThanDays}.`)
  const before = new Date(clock.epochMs() - olderThanDays * dayMs).toISOString()
  const range = { from: auditPrefix, to: auditPrefix + before }
  let pruned = 0
  for (let batch = await some(etcd, range, deadline); batch.length > 0; batch = await some(etcd, range, deadline)) {
    pruned += await pruneSome(etcd, clock, batch, author, deadline)
  }
  return pruned
}

async function some(
  etcd: EtcdClient,
  range: { readonly from: string; readonly to: string },
  deadline: Deadline,
): Promise<readonly KeyValue[]> {
  return (await etcd.kv.range(range, { limit: batchSize, ...deadline.call() })).kvs
}

async function pruneSome(
  etcd: EtcdClient,
  clock: Clock,
  entries: readonly KeyValue[],
  by: string | undefined,
  deadline: Deadline,
): Promise<number> {
  const at = new Date(clock.epochMs()).toISOString()
  const spans = (await Promise.all(entries.map((entry) => spanOf(entry, { at, by })))).filter(
    (span) => span !== undefined,
  )
  for (;;) {
    const stored = await etcd.kv.get(auditChainKey, deadline.call())
    const chain = parseAuditChain(stored?.bytes)
    const next = chain && { ...chain, pruned: mergeSpans([...(chain.pruned ?? []), ...spans]) }
    const revision = await commitGuarded(
      etcd,
      clock,
      {
        conditions: [modRevision(auditChainKey).equals(stored?.modRevision ?? 0n)],
        operations: [
          ...entries.map(({ key }) => del(key)),
          ...(next ? [put(auditChainKey, JSON.stringify(next))] : []),
        ],
        findApplied: async () => {
          const [first] = entries
          const isThere = first !== undefined && (await etcd.kv.get(first.key, deadline.call())) !== undefined
          return isThere ? undefined : (stored?.modRevision ?? 0n)
        },
      },
      deadline,
    )
    if (revision !== undefined) return entries.length
  }
}

/** `undefined` for an entry beside the chain. */
async function spanOf({ key, bytes }: KeyValue, pruning: Pick<AuditSpan, 'at' | 'by'>): Promise<AuditSpan | undefined> {
  const { sequence, previous } = parseAudit(bytes).record ?? {}
  if (sequence === undefined || previous === undefined) return undefined
  return { from: sequence, to: sequence, previous, hash: await auditHash(key, bytes), ...pruning }
}
