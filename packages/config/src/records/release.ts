import { readContent, type StoredContent } from './content.ts'
import { type FieldReader, type ParsedRecord, parseRecord } from './json-record.ts'

export const releaseKinds = ['publish', 'rollback', 'delete', 'import', 'external', 'promote'] as const

/**
 * What brought a release about. `external`: somebody wrote or deleted the document's key by hand, and it was noticed
 * afterwards.
 */
export type ReleaseKind = (typeof releaseKinds)[number]

/** One release of a document, kept outside the store's compaction. Never needed to load the document. */
export interface ReleaseRecord {
  /** From 1, without gaps, for each path. */
  readonly release: number
  readonly path: string
  readonly kind: ReleaseKind
  readonly author?: string | undefined
  readonly comment?: string | undefined
  /** By the publisher's clock, ISO 8601. For people: the order of releases is their number's. */
  readonly at: string
  /** Absent when this release deleted the document. */
  readonly checksum?: string | undefined
  /** In bytes; 0 when this release deleted the document. */
  readonly size: number
  /** Absent when this release deleted the document, and when it is external and too large for a record. */
  readonly content?: StoredContent | undefined
  /** The release whose content this one brought back. */
  readonly restores?: number | undefined
  /** Shared by all releases of one publish. */
  readonly bundle?: string | undefined
  /** The canary that was promoted. */
  readonly canary?: string | undefined
}

export function serializeRelease({ content, ...rest }: ReleaseRecord): string {
  return JSON.stringify({ ...rest, ...content })
}

export function parseRelease(bytes: Uint8Array): ParsedRecord<ReleaseRecord> {
  return parseRecord(bytes, readRelease)
}

function readRelease(fields: FieldReader): ReleaseRecord {
  return {
    release: fields.count('release'),
    path: fields.string('path'),
    kind: fields.oneOf('kind', releaseKinds),
    author: fields.optionalString('author'),
    comment: fields.optionalString('comment'),
    at: fields.string('at'),
    checksum: fields.optionalString('checksum'),
    size: fields.count('size'),
    content: fields.optionalString('content') === undefined ? undefined : readContent(fields),
    restores: fields.optionalCount('restores'),
    bundle: fields.optionalString('bundle'),
    canary: fields.optionalString('canary'),
  }
}
