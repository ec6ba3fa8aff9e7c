import { type CallOptions, Deadline, invalidArgument, WaypostError } from '@waypost/core'
import { callOptionKinds, checkedCallOptions, checkOptions } from '@waypost/core/options'
import { configKey } from '../../config-path.ts'
import { maxDocumentBytes } from '../../documents/document-text.ts'
import { describeDocuments, type ListedDocument, listDocuments, listPaths } from '../catalog/list-documents.ts'
import { type FolderOptions, type FolderPage, folderOptionKinds, listFolder } from '../catalog/list-folder.ts'
import { type FoundLines, type SearchOptions, searchDocuments, searchOptionKinds } from '../catalog/search-documents.ts'
import type { PublishPreview } from '../publish/preview.ts'
import type { DryRun, MaybeDryRun, NoDryRun } from '../publish/publish-options.ts'
import type { Publisher } from '../publish/publisher.ts'
import type { DocumentTree } from './document-tree.ts'
import {
  exportDocuments,
  type ImportedDocuments,
  type ImportOptions,
  importDocuments,
  importOptionKinds,
  previewImport,
} from './import-documents.ts'

/** The documents themselves: many at once, and below releases. */
export class Documents {
  readonly #publisher: Publisher

  /** @internal Made by `ConfigCenter`. */
  constructor(publisher: Publisher) {
    this.#publisher = publisher
  }

  /**
   * The documents whose path matches a pattern (default all), each with its release, author, schema, canaries and
   * draft, by path: `*` is anything within one part of a path, `**` any number of parts.
   *
   * @example
   * ```ts
   * await waypost.config.set('listing/application.yaml', 'a: 1', { author: 'mei' })
   * for (const { path, release, author } of await waypost.config.documents.list('listing/**')) {
   *   console.log(path, release, author) // listing/application.yaml 1 mei
   * }
   * ```
   */
  list(pattern = '**', options?: CallOptions): Promise<readonly ListedDocument[]> {
    const { etcd, clock } = this.#publisher.parts
    return listDocuments(etcd, pattern, new Deadline({ ...checkedCallOptions('documents.list', options), clock }))
  }

  /** What lies directly in a folder, such as `order/`, or in `''`: a page of folders and documents. */
  folder(folder: string, options: FolderOptions & CallOptions = {}): Promise<FolderPage> {
    checkOptions('documents.folder', options, folderOptionKinds)
    const { etcd, clock } = this.#publisher.parts
    return listFolder(etcd, folder, options, new Deadline({ ...options, clock }))
  }

  /** The paths that a pattern matches (default all), in order. */
  paths(pattern = '**', options?: CallOptions): Promise<readonly string[]> {
    const { etcd, clock } = this.#publisher.parts
    return listPaths(etcd, pattern, new Deadline({ ...checkedCallOptions('documents.paths', options), clock }))
  }

  /** What `list` says of these documents, as far as they are there. Reads no more than concerns them. */
  describe(paths: readonly string[], options?: CallOptions): Promise<readonly ListedDocument[]> {
    const { etcd, clock } = this.#publisher.parts
    return describeDocuments(etcd, paths, new Deadline({ ...checkedCallOptions('documents.describe', options), clock }))
  }

  /** The lines of text documents that contain a text. Encrypted values are searched as they are stored. */
  async search(text: string, options: SearchOptions & CallOptions = {}): Promise<FoundLines> {
    checkOptions('documents.search', options, searchOptionKinds)
    const { etcd, clock } = this.#publisher.parts
    return searchDocuments(etcd, text, options, new Deadline({ ...options, clock }))
  }

  /** The bytes at a path as the store has them. */
  async getRaw(path: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    return (await this.#publisher.parts.etcd.kv.get(configKey(path), options))?.bytes
  }

  /**
   * Writes to the store and makes no release: unchecked, without author, past policies, as `etcdctl put` does. The next
   * release of the path records it as made by hand. Text is written as UTF-8, bytes as they are: at most 1 MiB.
   */
  async putRaw(
    path: string,
    value: string | Uint8Array,
    options?: CallOptions,
  ): Promise<{ readonly revision: bigint }> {
    const key = configKey(path)
    if (typeof value === 'string' && /\p{Cs}/u.test(value)) {
      throw invalidArgument('The text contains half a surrogate pair, which UTF-8 cannot express.')
    }
    checkSize(path, value)
    const { revision } = await this.#publisher.parts.etcd.kv.put(key, value, options)
    return { revision }
  }

  /** Deletes from the store and makes no release. Returns whether there was anything. */
  async deleteRaw(path: string, options?: CallOptions): Promise<boolean> {
    return (await this.#publisher.parts.etcd.kv.delete(configKey(path), options)).deleted > 0
  }

  /** The documents whose path starts with `prefix` (default all), as of one revision. `timeoutMs`: default 60,000. */
  async export(prefix = '', options: CallOptions = {}): Promise<DocumentTree> {
    checkOptions('documents.export', options, callOptionKinds)
    const { etcd, clock } = this.#publisher.parts
    return exportDocuments(etcd, clock, prefix, options)
  }

  /**
   * Releases what differs from a tree of documents, such as `readDirectory` returns. All of it is validated together.
   * Up to 42 documents are one transaction; more are several. Fails with `conflict` when a document changes meanwhile,
   * and with `outcome-unknown` when the store goes away between two; `details.released` lists what had been released
   * before. `timeoutMs`: default 60,000, and as much again for each 1,000 documents.
   */
  import(documents: DocumentTree, options: ImportOptions & DryRun): Promise<PublishPreview>
  import(documents: DocumentTree, options?: ImportOptions & NoDryRun): Promise<ImportedDocuments>
  async import(
    documents: DocumentTree,
    options: ImportOptions & MaybeDryRun = {},
  ): Promise<ImportedDocuments | PublishPreview> {
    checkOptions('documents.import', options, importOptionKinds)
    return (options.dryRun ? previewImport : importDocuments)(this.#publisher, documents, options)
  }
}

function checkSize(path: string, value: string | Uint8Array): void {
  const size = Buffer.byteLength(value)
  if (size <= maxDocumentBytes) return
  const [has, limit] = [size, maxDocumentBytes].map((bytes) => bytes.toLocaleString('en'))
  throw new WaypostError('too-large', `${path} would have ${has} bytes; at most ${limit} are allowed. Split it.`)
}
