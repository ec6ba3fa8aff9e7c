import type { AuditRecord } from '@waypost/core'
import { type ParsedRecord, parseRecord } from './json-record.ts'

/** Who did what, as it was read. */
export interface AuditedAction extends AuditRecord {
  /** Empty when it is about no documents. */
  readonly paths: readonly string[]
  /** Empty when it is about no instances. */
  readonly instances: readonly string[]
}

export function parseAudit(bytes: Uint8Array): ParsedRecord<AuditedAction> {
  return parseRecord(bytes, (fields) => ({
    at: fields.string('at'),
    author: fields.optionalString('author'),
    process: fields.optionalString('process'),
    action: fields.string('action'),
    detail: fields.optionalString('detail'),
    paths: fields.optionalStrings('paths') ?? [],
    instances: fields.optionalStrings('instances') ?? [],
    comment: fields.optionalString('comment'),
  }))
}
