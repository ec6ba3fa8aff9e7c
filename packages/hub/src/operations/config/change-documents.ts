import { configKey } from '@waypost/config'
import { conflictsOf, type Right } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { OperationContext } from '../../operation/operation-context.ts'
import { type Writer, writeAs } from '../strict/writer.ts'
import { contentJson } from './document-content.ts'

export interface DocumentChangeAsked {
  readonly right?: Right | undefined
  readonly paths: readonly string[]
  /** Folders with all that lies in them. */
  readonly scopes?: readonly string[] | undefined
  readonly author?: string | undefined
  readonly bypassApproval?: string | undefined
}

/**
 * Changes documents as the mode of the store wants it. Going without an approval is a right of its own in the strict
 * mode. A caller must be allowed to read what it changes: a conflict tells what is there.
 */
export async function changeDocuments<T>(
  context: OperationContext,
  { right = 'publish', paths, scopes = [], author, bypassApproval }: DocumentChangeAsked,
  write: (writer: Writer) => Promise<T>,
): Promise<T> {
  const reads = paths.map(configKey)
  const subjects = [...paths, ...scopes]
  try {
    return await writeAs(context, { right, subjects, reads, author }, (writer) => {
      if (bypassApproval === undefined || writer.mode === 'direct') return write(writer)
      return writeAs(context, { right: 'bypass', subjects, author }, write)
    })
  } catch (error) {
    throw withConflicts(error)
  }
}

/** A conflict carries both sides, what they started from, and a merge: here as JSON shows them. */
function withConflicts(error: unknown): unknown {
  const conflicts = conflictsOf(error)
  if (conflicts.length === 0 || !WaypostError.is(error)) return error
  return new WaypostError('conflict', error.message, {
    cause: error,
    details: {
      conflicts: conflicts.map(({ theirs, yours, base, ...rest }) => ({
        ...rest,
        theirs: contentJson(theirs),
        yours: contentJson(yours),
        base: contentJson(base),
      })),
    },
  })
}
