import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Deadline, invalidArgument } from '@waypost/core'
import { callOptionKinds, type OptionKinds, text, wholeNumber } from '@waypost/core/options'
import { configKey, configRange } from '../../config-path.ts'
import { describeDocuments, type ListedDocument } from './list-documents.ts'

/** A folder in a list. */
export interface ListedFolder {
  /** With its slash at the end. */
  readonly path: string
  /** How many documents lie in it, however deep. */
  readonly documents: number
}

/** One level of the tree of documents. */
export interface FolderPage {
  readonly folders: readonly ListedFolder[]
  readonly documents: readonly ListedDocument[]
  /** Where the next page begins: `after` of the next call. Absent on the last page. */
  readonly next: string | undefined
}

export interface FolderOptions {
  /** The most folders and documents. Default 100. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
}

export const folderOptionKinds: OptionKinds<FolderOptions & CallOptions> = {
  ...callOptionKinds,
  limit: wholeNumber(1),
  after: text,
}

/**
 * What lies directly in a folder, with its slash at the end, or in `''`. The keys below a folder are jumped over: a
 * level costs as many requests as it has folders, however much lies in them.
 */
export async function listFolder(
  etcd: EtcdClient,
  folder: string,
  { limit = 100, after }: FolderOptions,
  deadline: Deadline,
): Promise<FolderPage> {
  checkFolder(folder)
  const root = configRange(folder)
  const end = `${root.slice(0, -1)}0`
  const entries: string[] = []
  let from = after === undefined ? root : afterEntry(configRange(after))
  if (from < root) throw invalidArgument(`The page after ${JSON.stringify(after)} is not one of this folder.`)
  while (entries.length <= limit && from < end) {
    const { kvs, more } = await etcd.kv.range(
      { from, to: end },
      { keysOnly: true, limit: limit + 1, ...deadline.call() },
    )
    for (const { key } of kvs) {
      if (key < from) continue
      const slash = key.indexOf('/', root.length)
      const entry = slash < 0 ? key : key.slice(0, slash + 1)
      entries.push(entry)
      from = afterEntry(entry)
      if (entries.length > limit) break
    }
    if (!more) break
  }
  const page = entries.slice(0, limit).map((entry) => entry.slice(configRange('').length))
  const paths = page.filter((entry) => !entry.endsWith('/'))
  const [documents, folders] = await Promise.all([
    describeDocuments(etcd, paths, deadline),
    Promise.all(
      page
        .filter((entry) => entry.endsWith('/'))
        .map(async (path) => ({
          path,
          documents: Number(await etcd.kv.count({ prefix: configRange(path) }, deadline.call())),
        })),
    ),
  ])
  return { folders, documents, next: entries.length > limit ? page.at(-1) : undefined }
}

/** The least key after an entry and all that lies in it. A zero follows the slash. */
function afterEntry(entry: string): string {
  return entry.endsWith('/') ? `${entry.slice(0, -1)}0` : `${entry}\0`
}

function checkFolder(folder: string): void {
  if (folder === '') return
  if (!folder.endsWith('/')) throw invalidArgument(`A folder is written with a slash at its end: ${folder}/`)
  configKey(folder.slice(0, -1))
}
