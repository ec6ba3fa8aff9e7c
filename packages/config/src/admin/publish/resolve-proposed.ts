import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { ParsedDocuments, type StoredDocument } from '../../layers/parsed-documents.ts'
import { mergeWalked, type Resolution } from '../../layers/resolve.ts'
import { type DocumentLookUp, walkLayers } from '../../layers/walk.ts'
import { ReadDocuments } from '../../live/read-documents.ts'

/** What a document is together with all that it imports, as it would be. */
export async function resolveProposed(
  etcd: EtcdClient,
  path: string,
  proposed: ReadonlyMap<string, Uint8Array | undefined>,
  deadline: Deadline,
): Promise<Resolution> {
  const read = new ReadDocuments(etcd, () => deadline.call())
  const parsed = new ParsedDocuments()
  const lookUp = inFront(proposed, read)
  for (;;) {
    const walked = walkLayers({ app: 'check', imports: [path], importsOnly: true }, lookUp, undefined, parsed)
    if (!(await read.add(walked.slots))) return mergeWalked(walked, {})
  }
}

/** What is there, with what would be there in front. */
export function inFront(proposed: ReadonlyMap<string, Uint8Array | undefined>, actual: DocumentLookUp): DocumentLookUp {
  const documents = new Map<string, StoredDocument | undefined>()
  for (const [path, bytes] of proposed) documents.set(path, bytes && { bytes, modRevision: 0n })
  return { document: (path) => (documents.has(path) ? documents.get(path) : actual.document(path)) }
}
