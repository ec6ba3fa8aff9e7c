import { readContent, type StoredContent } from './content.ts'
import { type FieldReader, type ParsedRecord, parseRecord } from './json-record.ts'

/** Whom a canary is for. Every condition that is given must hold; a rule without any is for nobody. */
export interface CanaryRule {
  /** 0 to 100, of the stable instance ids. Raising it only adds instances. */
  readonly percent?: number | undefined
  /** Each label must have one of its values. */
  readonly labels?: Readonly<Record<string, readonly string[]>> | undefined
  /** One of these. */
  readonly zones?: readonly string[] | undefined
  /** One of these instance ids. */
  readonly instances?: readonly string[] | undefined
}

/** When a canary is to be taken back without asking. */
export interface CanaryLimits {
  /** The most processes that may reject it. */
  readonly maxRejected?: number | undefined
  /** The most health checks that may fail in a row. */
  readonly maxUnhealthy?: number | undefined
}

/**
 * A text that stands in the place of a document for some instances. It is a whole document, not a part laid over it:
 * promoting it gives everybody exactly what the canary's instances have.
 */
export interface Canary {
  /** Unique for its path. */
  readonly name: string
  /** The lowest comes first; the first canary that is for an instance wins. */
  readonly order: number
  readonly rule: CanaryRule
  /** Mixed into the choice by percentage. It stays when the canary is changed, so raising only adds. */
  readonly seed: string
  readonly content: StoredContent
  /** Of the content's bytes. */
  readonly checksum: string
  /** The release that it is a change of; 0 when there was none. Absent when that is not known. */
  readonly base?: number | undefined
  readonly author?: string | undefined
  readonly comment?: string | undefined
  /** When it was made, by its maker's clock, ISO 8601. */
  readonly at: string
  readonly limits?: CanaryLimits | undefined
}

/** All canaries of a path, by their order. */
export interface CanariesRecord {
  readonly canaries: readonly Canary[]
}

export function serializeCanaries({ canaries }: CanariesRecord): string {
  return JSON.stringify({ canaries: canaries.map(({ content, ...rest }) => ({ ...rest, ...content })) })
}

export function parseCanaries(bytes: Uint8Array): ParsedRecord<CanariesRecord> {
  return parseRecord(bytes, (fields) => ({
    canaries: fields.objects('canaries', readCanary).toSorted((a, b) => a.order - b.order),
  }))
}

function readCanary(fields: FieldReader): Canary {
  const name = fields.string('name')
  return {
    name,
    order: fields.optionalNumber('order') ?? 0,
    rule: fields.optionalObject('rule', readRule) ?? {},
    seed: fields.optionalString('seed') ?? name,
    content: readContent(fields),
    checksum: fields.string('checksum'),
    base: fields.optionalCount('base'),
    author: fields.optionalString('author'),
    comment: fields.optionalString('comment'),
    at: fields.string('at'),
    limits: fields.optionalObject('limits', (limits) => ({
      maxRejected: limits.optionalCount('maxRejected'),
      maxUnhealthy: limits.optionalCount('maxUnhealthy'),
    })),
  }
}

function readRule(fields: FieldReader): CanaryRule {
  return {
    percent: fields.optionalNumber('percent'),
    labels: fields.optionalLists('labels'),
    zones: fields.optionalStrings('zones'),
    instances: fields.optionalStrings('instances'),
  }
}
