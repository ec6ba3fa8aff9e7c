import { type Condition, type EtcdClient, modRevision, type Operation, put } from '@waypost/client'
import {
  type AuditRecord,
  auditChainKey,
  auditKey,
  type CallOptions,
  type Clock,
  delay,
  nextAuditEntry,
} from '@waypost/core'

/** Writes in one transaction with its entry in the audit. False when the conditions do not hold. */
export async function auditedCommit(
  etcd: EtcdClient,
  clock: Clock,
  write: {
    readonly conditions: readonly Condition[]
    readonly operations: readonly Operation<unknown>[]
    readonly audit: Omit<AuditRecord, 'at'>
  },
  options: CallOptions,
): Promise<boolean> {
  const key = auditKey(clock.epochMs())
  const record = { at: new Date(clock.epochMs()).toISOString(), process: etcd.identity.process, ...write.audit }
  let chain = await etcd.kv.get(auditChainKey, options)
  for (let race = 0; ; race++) {
    const entry = await nextAuditEntry(chain?.bytes, key, record)
    const { succeeded } = await etcd
      .txn()
      .if(modRevision(auditChainKey).equals(chain?.modRevision ?? 0n), ...write.conditions)
      .do(...write.operations, put(key, entry.value), put(auditChainKey, entry.chain))
      .commit(options)
    if (succeeded) return true
    const before = chain?.modRevision
    chain = await etcd.kv.get(auditChainKey, options)
    if (chain?.modRevision === before) return false
    await delay(Math.random() * Math.min(race, 10) * 5, { signal: options.signal, clock })
  }
}
