import { type Condition, type EtcdClient, get, type KeyValue, modRevision, type Operation, put } from '@waypost/client'
import {
  type AuditRecord,
  auditChainKey,
  auditKey,
  type CallOptions,
  nextAuditEntry,
  WaypostError,
} from '@waypost/core'
import { instanceKey, overrideKey } from '../record/keys.ts'

/** What an operator's change of an instance is a change of. */
export interface BeforeChange {
  readonly instance: KeyValue | undefined
  readonly stored: KeyValue | undefined
  readonly chain: ChainEnd
}

/** Where the entry in the audit is to be added. */
interface ChainEnd {
  entry(epochMs: number, record: Omit<AuditRecord, 'at'>): Promise<ChainedEntry>
}

interface ChainedEntry {
  readonly conditions: readonly Condition[]
  readonly operations: readonly Operation<unknown>[]
}

export async function readForChange(
  etcd: EtcdClient,
  service: string,
  id: string,
  options: CallOptions,
): Promise<BeforeChange> {
  const reads = etcd.txn().do(get(instanceKey(service, id)), get(overrideKey(service, id)))
  try {
    const { responses } = await reads.do(get(auditChainKey)).commit(options)
    const [instance, stored, chain] = responses
    return { instance, stored, chain: { entry: (epochMs, record) => chained(chain, epochMs, record) } }
  } catch (error) {
    if (!WaypostError.is(error, 'permission-denied')) throw error
    // Who may write to the audit and not read it leaves an entry beside the chain: an operator must not be stopped.
    const { responses } = await reads.commit(options)
    const [instance, stored] = responses
    return { instance, stored, chain: { entry: (epochMs, record) => unchained(epochMs, record) } }
  }
}

async function chained(
  chain: KeyValue | undefined,
  epochMs: number,
  record: Omit<AuditRecord, 'at'>,
): Promise<ChainedEntry> {
  const key = auditKey(epochMs)
  const next = await nextAuditEntry(chain?.bytes, key, dated(epochMs, record))
  return {
    conditions: [modRevision(auditChainKey).equals(chain?.modRevision ?? 0n)],
    operations: [put(key, next.value), put(auditChainKey, next.chain)],
  }
}

async function unchained(epochMs: number, record: Omit<AuditRecord, 'at'>): Promise<ChainedEntry> {
  return { conditions: [], operations: [put(auditKey(epochMs), JSON.stringify(dated(epochMs, record)))] }
}

function dated(epochMs: number, record: Omit<AuditRecord, 'at'>): AuditRecord {
  return { at: new Date(epochMs).toISOString(), ...record }
}
