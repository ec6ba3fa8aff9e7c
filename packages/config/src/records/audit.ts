import type { AuditRecord } from '@waypost/core'
import { type ParsedRecord, parseRecord } from './json-record.ts'

/** Who did what, as it was read. */
export interface AuditedAction extends AuditRecord {
  /** Empty when it is about no documents. */
  readonly paths: readonly string[]
  /** Empty when it is about no instances. */
  readonly instances: readonly string[]
  /** Its place in the chain, from 1. Absent when it was written beside the chain. */
  readonly sequence?: number | undefined
  /** The hash of the entry before it. */
  readonly previous?: string | undefined
}

export function parseAudit(bytes: Uint8Array): ParsedRecord<AuditedAction> {
  return parseRecord(bytes, (fields) => ({
    at: fields.string('at'),
    author: fields.optionalString('author'),
    address: fields.optionalString('address'),
    process: fields.optionalString('process'),
    action: fields.string('action'),
    detail: fields.optionalString('detail'),
    paths: fields.optionalStrings('paths') ?? [],
    instances: fields.optionalStrings('instances') ?? [],
    comment: fields.optionalString('comment'),
    sequence: fields.optionalCount('sequence'),
    previous: fields.optionalString('previous'),
  }))
}
