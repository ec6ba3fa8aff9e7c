import type { EtcdClient } from '@waypost/client'
import type { CallOptions, Deadline } from '@waypost/core'
import { auditEntries } from '@waypost/core'
import { anything, callOptionKinds, type OptionKinds, text } from '@waypost/core/options'
import { type AuditedAction, parseAudit } from '../../records/audit.ts'
import type { DamagedRecord } from '../../records/json-record.ts'

export interface AuditEntry extends AuditedAction {
  /** The store's revision of what was done, which orders the entries. */
  readonly revision: bigint
}

export interface AuditLog {
  /** The newest first. */
  readonly entries: readonly AuditEntry[]
  readonly damaged: readonly DamagedRecord[]
  /** `before` of the next page. Absent when this one reaches the first entry. */
  readonly next: bigint | undefined
}

export interface AuditFilter {
  /** The most entries to look at. Default 100. */
  readonly limit?: number | undefined
  /** Only what was done before this revision: that of the last entry of the page before. */
  readonly before?: bigint | undefined
  /** Only what concerns this document. */
  readonly path?: string | undefined
  /** Only what concerns this instance, written `<service>/<id>`, or all instances of a service, `<service>/`. */
  readonly instance?: string | undefined
}

export const auditFilterKinds: OptionKinds<AuditFilter & CallOptions> = {
  ...callOptionKinds,
  limit: anything(),
  before: anything(),
  path: text,
  instance: text,
}

/** What was done, in the order of the store's revisions, whatever the clocks of those who did it. */
export async function readAudit(
  etcd: EtcdClient,
  { limit = 100, before, ...about }: AuditFilter,
  deadline: Deadline,
): Promise<AuditLog> {
  const { kvs } = await etcd.kv.range(auditEntries, {
    limit,
    sort: { by: 'createRevision', order: 'descending' },
    maxCreateRevision: before === undefined ? undefined : before - 1n,
    ...deadline.call(),
  })
  const entries: AuditEntry[] = []
  const damaged: DamagedRecord[] = []
  for (const { key, bytes, createRevision } of kvs) {
    const { record, damage } = parseAudit(bytes)
    if (record === undefined) damaged.push({ key, reason: damage })
    else if (concerns(record, about)) entries.push({ ...record, revision: createRevision })
  }
  return { entries, damaged, next: kvs.length < limit ? undefined : kvs.at(-1)?.createRevision }
}

function concerns(
  { paths, instances }: AuditedAction,
  { path, instance }: Pick<AuditFilter, 'path' | 'instance'>,
): boolean {
  if (path !== undefined && !paths.includes(path)) return false
  if (instance === undefined) return true
  return instances.some((each) => (instance.endsWith('/') ? each.startsWith(instance) : each === instance))
}
