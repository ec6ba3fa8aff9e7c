import { readContent, type StoredContent } from './content.ts'
import { type ParsedRecord, parseRecord } from './json-record.ts'

export const draftStates = ['draft', 'submitted', 'approved'] as const

export type DraftState = (typeof draftStates)[number]

export interface Approval {
  readonly by: string
  readonly at: string
  readonly comment?: string | undefined
}

/** What somebody means to publish at a path. There is one for each path. */
export interface DraftRecord {
  /** The release that it is a change of; 0 when there was none. */
  readonly base: number
  /** Absent: it means to delete the document. */
  readonly content?: StoredContent | undefined
  readonly author: string
  readonly comment?: string | undefined
  readonly at: string
  readonly state: DraftState
  readonly approvals: readonly Approval[]
}

export function serializeDraft({ content, ...rest }: DraftRecord): string {
  return JSON.stringify({ ...rest, ...content })
}

export function parseDraft(bytes: Uint8Array): ParsedRecord<DraftRecord> {
  return parseRecord(bytes, (fields) => ({
    base: fields.count('base'),
    content: fields.optionalString('content') === undefined ? undefined : readContent(fields),
    author: fields.string('author'),
    comment: fields.optionalString('comment'),
    at: fields.string('at'),
    state: fields.oneOf('state', draftStates),
    approvals: fields.objects('approvals', (approval) => ({
      by: approval.string('by'),
      at: approval.string('at'),
      comment: approval.optionalString('comment'),
    })),
  }))
}
