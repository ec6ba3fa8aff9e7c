import type { EtcdClient, KeyValue } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { configRange, pathOf } from '../../config-path.ts'
import { parseCanaries } from '../../records/canary.ts'
import { checksumOf } from '../../records/content.ts'
import { parseDraft } from '../../records/draft.ts'
import { type HeadRecord, parseHead } from '../../records/head.ts'
import { recordFolders, releaseKey, scopesOf } from '../../records/keys.ts'
import { parseRelease } from '../../records/release.ts'
import { Glob } from './glob.ts'

/** A document as a list shows it. */
export interface ListedDocument {
  readonly path: string
  /** The release that it is at; 0 when none was made of it. */
  readonly release: number
  /** Of that release. */
  readonly author: string | undefined
  /** When that release was made, by the publisher's clock, ISO 8601. */
  readonly at: string | undefined
  /** Somebody has changed it by hand since. */
  readonly changedByHand: boolean
  /** The store's revision at which it was last written. */
  readonly revision: bigint
  /** The scope of the JSON Schema that it must fit: its path, a folder, or `''`. Absent when there is none. */
  readonly schema: string | undefined
  /** The names of its canaries, in their order. */
  readonly canaries: readonly string[]
  /** How far its draft is; absent when it has none. */
  readonly draft: 'draft' | 'submitted' | 'approved' | 'rejected' | undefined
}

/** How many release records are read at once for their authors. */
const readsAtOnce = 20

/** The documents that a pattern matches, by path. Values are only read where what was done by hand has to be told. */
export async function listDocuments(
  etcd: EtcdClient,
  pattern: string,
  deadline: Deadline,
): Promise<readonly ListedDocument[]> {
  const glob = new Glob(pattern)
  const below = (folder: string) => etcd.kv.list({ prefix: folder + glob.prefix }, deadline.call())
  const [documents, heads, drafts, canaries, schemas] = await Promise.all([
    etcd.kv.list({ prefix: configRange(glob.prefix) }, { keysOnly: true, ...deadline.call() }).toArray(),
    below(recordFolders.heads).toArray(),
    below(recordFolders.drafts).toArray(),
    below(recordFolders.canaries).toArray(),
    etcd.kv.list({ prefix: recordFolders.schemas }, { keysOnly: true, ...deadline.call() }).toArray(),
  ])
  const headOf = byPath(recordFolders.heads, heads)
  const draftOf = byPath(recordFolders.drafts, drafts)
  const canariesOf = byPath(recordFolders.canaries, canaries)
  const scopes = new Set(schemas.map(({ key }) => key.slice(recordFolders.schemas.length)))
  const matching = documents.filter(({ key }) => glob.matches(pathOf(key)))
  const listed: ListedDocument[] = []
  for (let start = 0; start < matching.length; start += readsAtOnce) {
    const some = matching.slice(start, start + readsAtOnce).map(async (document): Promise<ListedDocument> => {
      const path = pathOf(document.key)
      const stored = headOf.get(path)
      const head = stored && parseHead(stored.bytes).record
      const draft = draftOf.get(path)
      const record = canariesOf.get(path)
      return {
        path,
        release: head?.release ?? 0,
        author: await authorOf(etcd, path, head, deadline),
        at: head?.at,
        changedByHand: await isChanged(etcd, document, stored, head, deadline),
        revision: document.modRevision,
        schema: scopesOf(path).find((scope) => scopes.has(scope)),
        canaries: (record && parseCanaries(record.bytes).record?.canaries.map(({ name }) => name)) ?? [],
        draft: draft && parseDraft(draft.bytes).record?.state,
      }
    })
    listed.push(...(await Promise.all(some)))
  }
  return listed
}

function byPath(folder: string, records: readonly KeyValue[]): ReadonlyMap<string, KeyValue> {
  return new Map(records.map((record) => [record.key.slice(folder.length), record]))
}

async function authorOf(
  etcd: EtcdClient,
  path: string,
  head: HeadRecord | undefined,
  deadline: Deadline,
): Promise<string | undefined> {
  if (head === undefined || head.author !== undefined) return head?.author
  // Heads of earlier versions have no author.
  const stored = await etcd.kv.get(releaseKey(path, head.release), deadline.call())
  return stored && parseRelease(stored.bytes).record?.author
}

/** A release writes document and head at one revision, and what was done by hand is recorded after it. */
async function isChanged(
  etcd: EtcdClient,
  document: KeyValue,
  stored: KeyValue | undefined,
  head: HeadRecord | undefined,
  deadline: Deadline,
): Promise<boolean> {
  if (stored === undefined || head === undefined) return true
  if (stored.modRevision === document.modRevision) return false
  const value = await etcd.kv.get(document.key, deadline.call())
  return (value && checksumOf(value.bytes)) !== head.checksum
}
