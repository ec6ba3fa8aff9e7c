import { type ParsedRecord, parseRecord } from './json-record.ts'

export const appliedStates = ['applied', 'rejected', 'pending'] as const

/** `pending`: it was seen and is being worked on. */
export type AppliedState = (typeof appliedStates)[number]

/** What a live process has made of one document, on the process's lease. */
export interface AppliedRecord {
  readonly state: AppliedState
  /** The release, as far as the process knows it. */
  readonly release?: number | undefined
  /** Of the text that this is about: the document's, or the canary's. Absent when the document is not there. */
  readonly checksum?: string | undefined
  /** The canary that the text is from. */
  readonly canary?: string | undefined
  /** The store's revision up to which the process has looked: at least that of the text. */
  readonly revision: bigint
  /** Why it was rejected. Without any secret. */
  readonly reason?: string | undefined
  /** By the process's clock, ISO 8601. */
  readonly at: string
  readonly app: string
  readonly profile?: string | undefined
  readonly instance: string
  readonly version?: string | undefined
}

export function serializeApplied(applied: AppliedRecord): string {
  return JSON.stringify({ ...applied, revision: String(applied.revision) })
}

export function parseApplied(bytes: Uint8Array): ParsedRecord<AppliedRecord> {
  return parseRecord(bytes, (fields) => ({
    state: fields.oneOf('state', appliedStates),
    release: fields.optionalCount('release'),
    checksum: fields.optionalString('checksum'),
    canary: fields.optionalString('canary'),
    revision: fields.revision('revision'),
    reason: fields.optionalString('reason'),
    at: fields.string('at'),
    app: fields.string('app'),
    profile: fields.optionalString('profile'),
    instance: fields.string('instance'),
    version: fields.optionalString('version'),
  }))
}
