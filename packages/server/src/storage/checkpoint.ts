import type { Checkpoint } from './storage.ts'
import type { TreeDigest } from './tree-digest.ts'

/** A checkpoint as the tree holds it. */
export interface StoredCheckpoint extends Checkpoint {
  /** Of everything at the checkpoint but the checkpoint itself; undefined in trees of format 1. */
  readonly digest: TreeDigest | undefined
  /** The data directory that the tree belongs to; empty in trees of format 1. */
  readonly directoryId: string
}

export function encodeCheckpoint(
  { appliedIndex, revision }: Checkpoint,
  digest: TreeDigest,
  directoryId: string,
): Buffer {
  const { revisions, revisionSum, leases, leaseSum, entries, entrySum } = digest
  return Buffer.from(
    [appliedIndex, revision, revisions, revisionSum, leases, leaseSum, entries, entrySum, directoryId].join(' '),
    'ascii',
  )
}

/** Undefined when the bytes are no checkpoint. */
export function parseCheckpoint(bytes: Uint8Array): StoredCheckpoint | undefined {
  const texts = Buffer.from(bytes).toString('ascii').split(' ')
  const directoryId = texts[8] ?? ''
  const fields = texts.slice(0, 8).map(Number)
  if (!fields.every((field) => Number.isSafeInteger(field) && field >= 0)) return undefined
  const [appliedIndex, revision, revisions, revisionSum, leases, leaseSum, entries, entrySum] = fields
  if (appliedIndex === undefined || revision === undefined) return undefined
  if (texts.length === 2) return { appliedIndex, revision, digest: undefined, directoryId }
  if (
    revisions === undefined ||
    revisionSum === undefined ||
    leases === undefined ||
    leaseSum === undefined ||
    entries === undefined ||
    entrySum === undefined ||
    texts.length !== 9
  )
    return undefined
  return {
    appliedIndex,
    revision,
    digest: { revisions, revisionSum, leases, leaseSum, entries, entrySum },
    directoryId,
  }
}
