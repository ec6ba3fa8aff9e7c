import type { EtcdClient } from '@waypost/client'
import {
  type AuditChain,
  type AuditSpan,
  auditChainKey,
  auditEntries,
  auditHash,
  type Deadline,
  parseAuditChain,
  WaypostError,
} from '@waypost/core'
import { parseAudit } from '../../records/audit.ts'
import { type AuditFault, type ChainedEntry, faultsOf } from './chain-faults.ts'

/** A place in the chain that was noted outside of the store: what `verify` returned as `end` at some time. */
export interface KnownEnd {
  readonly sequence: number
  readonly hash: string
}

export interface AuditVerification {
  /** Entries in the chain. */
  readonly chained: number
  /** Entries that are older than the chain: nothing proves them. */
  readonly older: number
  /** The newest entry. Kept outside of the store, it proves later that nothing up to it was changed. Absent without a chain. */
  readonly end: KnownEnd | undefined
  readonly pruned: readonly AuditSpan[]
  /** Empty when nothing is missing, was changed, or was added beside the chain. */
  readonly faults: readonly AuditFault[]
}

/** Reads the audit as of one revision and holds every entry against the one after it. */
export async function verifyAudit(
  etcd: EtcdClient,
  known: KnownEnd | undefined,
  deadline: Deadline,
): Promise<AuditVerification> {
  for (;;) {
    try {
      return await verifyOnce(etcd, known, deadline)
    } catch (error) {
      // The history before this revision was compacted meanwhile: read again, at a later one.
      if (!WaypostError.is(error, 'compacted')) throw error
    }
  }
}

async function verifyOnce(
  etcd: EtcdClient,
  known: KnownEnd | undefined,
  deadline: Deadline,
): Promise<AuditVerification> {
  const { kvs, revision } = await etcd.kv.range({ key: auditChainKey }, { limit: 1, ...deadline.call() })
  const [stored] = kvs
  const chain = parseAuditChain(stored?.bytes)
  const entries: ChainedEntry[] = []
  const faults: AuditFault[] = []
  const beside: { readonly key: string; readonly createRevision: bigint }[] = []
  for await (const { key, bytes, createRevision } of etcd.kv.list(auditEntries, { revision, ...deadline.call() })) {
    const { record, damage } = parseAudit(bytes)
    if (record?.sequence !== undefined && record.previous !== undefined) {
      const { sequence, previous } = record
      entries.push({ key, sequence, previous, hash: await auditHash(key, bytes) })
    } else if (damage !== undefined) {
      faults.push({ kind: 'damaged', key, message: `${key} cannot be read: ${damage}.` })
    } else beside.push({ key, createRevision })
  }
  const began = stored?.createRevision ?? revision
  const late = entries.length === 0 && stored === undefined ? [] : beside.filter((each) => each.createRevision > began)
  for (const { key } of late) {
    const message = `${key} was written outside the chain: by hand, by a login that may not read the audit, or by an older version of Waypost.`
    faults.push({ kind: 'unchained', key, message })
  }
  if (stored !== undefined && chain === undefined) {
    faults.push({ kind: 'end', key: auditChainKey, message: `${auditChainKey} cannot be read.` })
  }
  faults.push(...faultsOf(chain, entries, known))
  return {
    chained: entries.length,
    older: beside.length - late.length,
    end: endOf(chain),
    pruned: chain?.pruned ?? [],
    faults,
  }
}

function endOf(chain: AuditChain | undefined): KnownEnd | undefined {
  return chain && { sequence: chain.sequence, hash: chain.hash }
}
