import { type Condition, del, type EtcdClient, modRevision, type Operation, put, version } from '@waypost/client'
import {
  type AuditRecord,
  auditChainKey,
  auditKey,
  type CallOptions,
  type Clock,
  Deadline,
  delay,
  nextAuditEntry,
  WaypostError,
} from '@waypost/core'
import type { Authorship } from './authorship.ts'
import { commitGuarded } from './guarded-write.ts'

/** A key and its new value; without one it is deleted. */
export interface KeyWrite {
  readonly key: string
  readonly value: string | Uint8Array | undefined
}

/** A change and the sentence about it in the audit, which are written together. */
export interface AuditedWrite {
  readonly conditions: readonly Condition[]
  readonly writes: readonly KeyWrite[]
  readonly audit: Omit<AuditRecord, 'at'>
}

/** The most that one transaction may come to. The store refuses requests above 1.5 MiB: names are in it, too. */
export const maxTransactionBytes = 1_500_000

/**
 * Writes in one transaction with its audit, which is chained to the entry before. Gives the revision, or `undefined`
 * when the conditions did not hold. The audit's key is nobody else's: it is what tells, after a lost answer, whether
 * this write was applied. Fails with `too-large` before anything is sent.
 */
export async function commitAudited(
  etcd: EtcdClient,
  clock: Clock,
  { conditions, writes, audit }: AuditedWrite,
  deadline: Deadline,
): Promise<bigint | undefined> {
  checkText('author', audit.author)
  checkText('address', audit.address)
  checkText('comment', audit.comment)
  checkSize(writes, audit)
  const readChain = () => etcd.kv.get(auditChainKey, deadline.call())
  let chain = await readChain()
  const epochMs = clock.epochMs()
  const key = auditKey(epochMs)
  const record = { at: new Date(epochMs).toISOString(), process: etcd.identity.process, ...audit }
  for (let race = 0; ; race++) {
    const next = await nextAuditEntry(chain?.bytes, key, record)
    const revision = await commitGuarded(
      etcd,
      clock,
      {
        // It rises with each entry, so none of the attempts can come through once this has failed.
        conditions: [modRevision(auditChainKey).equals(chain?.modRevision ?? 0n), ...conditions],
        operations: [...writes.map(operationOf), put(key, next.value), put(auditChainKey, next.chain)],
        findApplied: async () => (await etcd.kv.get(key, deadline.call()))?.createRevision,
      },
      deadline,
    )
    if (revision !== undefined) return revision
    const before = chain?.modRevision
    chain = await readChain()
    if (chain?.modRevision === before) return undefined
    await delay(Math.random() * Math.min(race, 10) * 5, { signal: deadline.signal, clock })
  }
}

function operationOf({ key, value }: KeyWrite): Operation<unknown> {
  return value === undefined ? del(key) : put(key, value)
}

/** What a write adds to a transaction. Its key stands in a condition as well. */
export function bytesOf({ key, value = '' }: KeyWrite): number {
  return 2 * Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : value.length)
}

function checkSize(writes: readonly KeyWrite[], { paths }: AuditedWrite['audit']): void {
  const size = writes.reduce((sum, write) => sum + bytesOf(write), 0)
  if (size <= maxTransactionBytes) return
  throw new WaypostError(
    'too-large',
    `What is to be written comes to ${size} bytes with its records; one transaction may have ${maxTransactionBytes}. Change less at once.`,
    { details: { paths, size, limit: maxTransactionBytes } },
  )
}

/** Otherwise the records could not be read again. */
function checkText(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'string') return
  throw new WaypostError('invalid-argument', `${name} must be text, not ${typeof value}.`)
}

/** Sets one key whatever it was, or deletes it. False when there was nothing to delete. */
export async function setAudited(
  etcd: EtcdClient,
  clock: Clock,
  { action, scope, key, value }: { action: string; scope: string; key: string; value: string | undefined },
  options: Authorship & CallOptions,
): Promise<boolean> {
  const { author, address, comment } = options
  const write: AuditedWrite = {
    conditions: value === undefined ? [version(key).greaterThan(0)] : [],
    writes: [{ key, value }],
    audit: { author, address, action, paths: [scope], comment },
  }
  return (await commitAudited(etcd, clock, write, new Deadline({ ...options, clock }))) !== undefined
}
