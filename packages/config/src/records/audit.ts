import { randomBytes } from 'node:crypto'
import { type ParsedRecord, parseRecord } from './json-record.ts'
import { recordFolders } from './keys.ts'

/** Who did what. Written in one transaction with what was done. */
export interface AuditRecord {
  /** By the writer's clock, ISO 8601. The order of events is that of the keys' create revisions. */
  readonly at: string
  readonly author?: string | undefined
  /** `publish`, `canary.create`, … */
  readonly action: string
  readonly paths: readonly string[]
  readonly comment?: string | undefined
}

/** A new key, ordered by the writer's clock as far as that is right. */
export function newAuditKey(epochMs: number): string {
  return `${recordFolders.audit}${new Date(epochMs).toISOString()}-${randomBytes(4).toString('hex')}`
}

export function serializeAudit(audit: AuditRecord): string {
  return JSON.stringify(audit)
}

export function parseAudit(bytes: Uint8Array): ParsedRecord<AuditRecord> {
  return parseRecord(bytes, (fields) => ({
    at: fields.string('at'),
    author: fields.optionalString('author'),
    action: fields.string('action'),
    paths: fields.optionalStrings('paths') ?? [],
    comment: fields.optionalString('comment'),
  }))
}
