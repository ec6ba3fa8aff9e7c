import { type Condition, del, type EtcdClient, type Operation, put, version } from '@waypost/client'
import { type AuditRecord, auditEntry, type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { Deadline } from './deadline.ts'
import { commitGuarded } from './guarded-write.ts'
import type { Authorship } from './publish-options.ts'

/** A change and the sentence about it in the audit, which are written together. */
export interface AuditedWrite {
  readonly conditions: readonly Condition[]
  readonly operations: readonly Operation<unknown>[]
  readonly audit: Omit<AuditRecord, 'at'>
}

/**
 * Writes in one transaction with its audit. Gives the revision, or `undefined` when the conditions did not hold.
 * The audit's key is nobody else's: it is what tells, after a lost answer, whether this write was applied.
 */
export async function commitAudited(
  etcd: EtcdClient,
  clock: Clock,
  { conditions, operations, audit }: AuditedWrite,
  deadline: Deadline,
): Promise<bigint | undefined> {
  checkText('author', audit.author)
  checkText('comment', audit.comment)
  const { key, value } = auditEntry(clock.epochMs(), audit)
  return commitGuarded(
    etcd,
    clock,
    {
      conditions: [version(key).equals(0), ...conditions],
      operations: [...operations, put(key, value)],
      findApplied: async () => (await etcd.kv.get(key, deadline.call()))?.createRevision,
    },
    deadline,
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
  const { author, comment } = options
  const write: AuditedWrite = {
    conditions: value === undefined ? [version(key).greaterThan(0)] : [],
    operations: [value === undefined ? del(key) : put(key, value)],
    audit: { author, action, paths: [scope], comment },
  }
  return (await commitAudited(etcd, clock, write, new Deadline(clock, options))) !== undefined
}
