import { type ParsedRecord, parseRecord } from './json-record.ts'
import { type ReleaseKind, releaseKinds } from './release.ts'

/** The release that a document is at. Written in one transaction with the document. */
export interface HeadRecord {
  readonly release: number
  readonly kind: ReleaseKind
  /** Of the document's bytes. Absent when the release deleted the document. */
  readonly checksum?: string | undefined
  /** Who made the release. */
  readonly author?: string | undefined
  /** How many heads its transaction wrote. Absent for this one alone. */
  readonly parts?: number | undefined
  /** By the publisher's clock, ISO 8601. */
  readonly at: string
}

export function serializeHead(head: HeadRecord): string {
  return JSON.stringify(head)
}

export function parseHead(bytes: Uint8Array): ParsedRecord<HeadRecord> {
  return parseRecord(bytes, (fields) => ({
    release: fields.count('release'),
    kind: fields.oneOf('kind', releaseKinds),
    checksum: fields.optionalString('checksum'),
    author: fields.optionalString('author'),
    parts: fields.optionalCount('parts'),
    at: fields.string('at'),
  }))
}
