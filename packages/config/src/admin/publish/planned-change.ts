import { WaypostError } from '@waypost/core'
import { configKey } from '../../config-path.ts'
import { maxDocumentBytes } from '../../documents/document-text.ts'
import { checksumOf, storeContent, storedBytes } from '../../records/content.ts'
import type { ReleaseKind } from '../../records/release.ts'
import { maxTransactionBytes } from '../audit/audited-write.ts'
import type { DocumentChange } from './publish-options.ts'

/** One document of a publish, checked. */
export interface PlannedChange {
  readonly path: string
  readonly kind: ReleaseKind
  /** Absent when the document is to be deleted. */
  readonly bytes: Uint8Array | undefined
  readonly checksum: string | undefined
  readonly expectedRelease: number | undefined
  readonly restores?: number | undefined
  readonly canary?: string | undefined
  /** That somebody else has made the same change since is no conflict. */
  readonly acceptIfIdentical?: true | undefined
}

/** A transaction has at most 128 steps in the store's usual setting: three for each document, one for the audit
 * and one for what goes with it. */
export const maxDocuments = 42

/** Throws `invalid-argument` or `too-large` before anything is read or written. */
export function planChanges(changes: readonly DocumentChange[]): readonly PlannedChange[] {
  if (changes.length === 0) throw new WaypostError('invalid-argument', 'There is nothing to publish.')
  if (changes.length > maxDocuments) {
    throw new WaypostError(
      'too-large',
      `${changes.length} documents do not fit into one transaction; publish at most ${maxDocuments} at once.`,
    )
  }
  const seen = new Set<string>()
  return changes.map((change) => {
    configKey(change.path)
    if (seen.has(change.path)) {
      throw new WaypostError('invalid-argument', `${change.path} is given twice in one publish.`)
    }
    seen.add(change.path)
    const { path } = change
    if (change.content === undefined && change.delete !== true) {
      throw new WaypostError('invalid-argument', `${path} has neither content nor delete: true.`)
    }
    return planChange(change.path, change.delete ? 'delete' : 'publish', change.content, change.expectedRelease)
  })
}

export function planChange(
  path: string,
  kind: ReleaseKind,
  content: string | Uint8Array | undefined,
  expectedRelease: number | undefined,
): PlannedChange {
  if (expectedRelease !== undefined && !(Number.isSafeInteger(expectedRelease) && expectedRelease >= 0)) {
    throw new WaypostError('invalid-argument', `expectedRelease must be a whole number, not ${expectedRelease}.`)
  }
  const bytes = content === undefined ? undefined : contentBytes(path, content)
  return { path, kind, bytes, checksum: bytes && checksumOf(bytes), expectedRelease }
}

/**
 * What every document may have, however badly it packs: it travels with its record, which takes up to four thirds of
 * it, in one transaction.
 */
const maxUnpackedBytes = 600 * 1024

/** Left in a transaction for the keys and what else stands in the records. */
const reservedBytes = 20_000

/** The bytes of a document. Throws when there are too many, or when text cannot be written as UTF-8. */
export function contentBytes(path: string, content: string | Uint8Array): Uint8Array {
  if (typeof content === 'string' && /\p{Cs}/u.test(content)) {
    throw new WaypostError(
      'invalid-argument',
      `The text of ${path} contains half a surrogate pair, which is not valid UTF-8.`,
    )
  }
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  if (bytes.length <= maxUnpackedBytes) return bytes
  const isSmallEnough = bytes.length <= maxDocumentBytes
  if (isSmallEnough && transactionBytes(bytes) <= maxTransactionBytes - reservedBytes) return bytes
  const what = isSmallEnough ? 'one that packs as badly as this' : 'a document'
  const limit = isSmallEnough ? maxUnpackedBytes : maxDocumentBytes
  throw new WaypostError(
    'too-large',
    `${path} has ${bytes.length} bytes; ${what} may have ${limit}. Split it, or keep large data elsewhere.`,
    { details: { path, size: bytes.length, limit } },
  )
}

/** What the release of a document takes of a transaction, but for names. */
export function transactionBytes(bytes: Uint8Array): number {
  return bytes.length + storedBytes(storeContent(bytes))
}
