import { type EtcdClient, get, type KeyValue } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { configKey, configRange, pathOf } from '../../config-path.ts'
import { parseCanaries } from '../../records/canary.ts'
import { checksumOf } from '../../records/content.ts'
import { parseDraft } from '../../records/draft.ts'
import { type HeadRecord, parseHead } from '../../records/head.ts'
import { canariesKey, draftKey, headKey, recordFolders, releaseKey, scopesOf } from '../../records/keys.ts'
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

/** Four steps each; a transaction has at most 128 in the store's usual setting. */
const pathsAtOnce = 30

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
  return describeAll(
    etcd,
    matching.map((document) => {
      const path = pathOf(document.key)
      return { document, head: headOf.get(path), draft: draftOf.get(path), canaries: canariesOf.get(path) }
    }),
    scopes,
    deadline,
  )
}

/** The paths that a pattern matches, in order. */
export async function listPaths(etcd: EtcdClient, pattern: string, deadline: Deadline): Promise<readonly string[]> {
  const glob = new Glob(pattern)
  const paths: string[] = []
  const range = { prefix: configRange(glob.prefix) }
  for await (const { key } of etcd.kv.list(range, { keysOnly: true, ...deadline.call() })) {
    const path = pathOf(key)
    if (glob.matches(path)) paths.push(path)
  }
  return paths
}

/** These documents, as far as they are there. Reads no more than concerns them. */
export async function describeDocuments(
  etcd: EtcdClient,
  paths: readonly string[],
  deadline: Deadline,
): Promise<readonly ListedDocument[]> {
  const schemas = await etcd.kv
    .list({ prefix: recordFolders.schemas }, { keysOnly: true, ...deadline.call() })
    .toArray()
  const scopes = new Set(schemas.map(({ key }) => key.slice(recordFolders.schemas.length)))
  const found: StoredDocument[] = []
  for (let start = 0; start < paths.length; start += pathsAtOnce) {
    const some = paths.slice(start, start + pathsAtOnce)
    const { responses } = await etcd
      .txn()
      .do(
        ...some.flatMap((path) => [
          get(configKey(path), { keysOnly: true }),
          get(headKey(path)),
          get(draftKey(path)),
          get(canariesKey(path)),
        ]),
      )
      .commit(deadline.call())
    for (const [index] of some.entries()) {
      const [document, head, draft, canaries] = responses.slice(index * 4, index * 4 + 4)
      if (document !== undefined) found.push({ document, head, draft, canaries })
    }
  }
  return describeAll(etcd, found, scopes, deadline)
}

/** A document, without its value, and what is recorded of it. */
interface StoredDocument {
  readonly document: KeyValue
  readonly head: KeyValue | undefined
  readonly draft: KeyValue | undefined
  readonly canaries: KeyValue | undefined
}

async function describeAll(
  etcd: EtcdClient,
  documents: readonly StoredDocument[],
  scopes: ReadonlySet<string>,
  deadline: Deadline,
): Promise<readonly ListedDocument[]> {
  const listed: ListedDocument[] = []
  for (let start = 0; start < documents.length; start += readsAtOnce) {
    const some = documents.slice(start, start + readsAtOnce).map(async (stored): Promise<ListedDocument> => {
      const { document, draft, canaries } = stored
      const path = pathOf(document.key)
      const head = stored.head && parseHead(stored.head.bytes).record
      return {
        path,
        release: head?.release ?? 0,
        author: await authorOf(etcd, path, head, deadline),
        at: head?.at,
        changedByHand: await isChanged(etcd, document, stored.head, head, deadline),
        revision: document.modRevision,
        schema: scopesOf(path).find((scope) => scopes.has(scope)),
        canaries: (canaries && parseCanaries(canaries.bytes).record?.canaries.map(({ name }) => name)) ?? [],
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
