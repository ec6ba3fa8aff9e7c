/** Where it is kept who did what. */
export const auditPrefix = '/waypost/audit/'

/** Who did what. Written in one transaction with what was done. */
export interface AuditRecord {
  /** By the writer's clock, ISO 8601. The order of events is that of the keys' create revisions. */
  readonly at: string
  readonly author?: string | undefined
  /** The process that did it: the process id of its identity. */
  readonly process?: string | undefined
  /** `publish`, `canary.create`, `service.drain`, … */
  readonly action: string
  /** What the action does not say by itself: `weight 0`, `pool to 50 %`. */
  readonly detail?: string | undefined
  /** The configuration's documents that it is about. */
  readonly paths?: readonly string[] | undefined
  /** The instances that it is about: `user/a` is the instance `a` of the service `user`. */
  readonly instances?: readonly string[] | undefined
  readonly comment?: string | undefined
}

/** A new record, under a key that is ordered by the writer's clock as far as that is right. */
export function auditEntry(
  epochMs: number,
  audit: Omit<AuditRecord, 'at'>,
): { readonly key: string; readonly value: string } {
  const at = new Date(epochMs).toISOString()
  return { key: `${auditPrefix}${at}-${crypto.randomUUID().slice(0, 8)}`, value: JSON.stringify({ at, ...audit }) }
}
