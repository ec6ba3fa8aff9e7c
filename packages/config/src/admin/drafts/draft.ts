import type { KeyValue } from '@waypost/client'
import { messageOf } from '@waypost/core'
import { restoreContent } from '../../records/content.ts'
import { type DraftRecord, parseDraft } from '../../records/draft.ts'
import type { ParsedRecord } from '../../records/json-record.ts'
import { recordFolders } from '../../records/keys.ts'

/** What somebody means to publish at a path. */
export interface Draft extends Omit<DraftRecord, 'content'> {
  readonly path: string
  /** Absent: it means to delete the document. */
  readonly bytes: Uint8Array | undefined
  /** The store's revision of its last change. */
  readonly revision: bigint
}

/** A draft as the store has it. */
export function readDraft({ key, bytes, modRevision }: KeyValue): ParsedRecord<Draft> {
  const { record, damage } = parseDraft(bytes)
  if (record === undefined) return { damage }
  const { content, ...rest } = record
  try {
    const path = key.slice(recordFolders.drafts.length)
    return { record: { ...rest, path, bytes: content && restoreContent(content), revision: modRevision } }
  } catch (error) {
    return { damage: messageOf(error) }
  }
}
