import type { CallOptions } from '@waypost/core'
import type { PublishPreview } from '../publish/preview.ts'
import type { DryRun, MaybeDryRun, NoDryRun } from '../publish/publish-options.ts'
import type { Publisher } from '../publish/publisher.ts'
import type { DocumentTree } from './document-tree.ts'
import {
  exportDocuments,
  type ImportedDocuments,
  type ImportOptions,
  importDocuments,
  previewImport,
} from './import-documents.ts'

/** Many documents at once. */
export class Documents {
  readonly #publisher: Publisher

  /** @internal Made by `ConfigCenter`. */
  constructor(publisher: Publisher) {
    this.#publisher = publisher
  }

  /** The documents whose path starts with `prefix` (default all), as of one revision. `timeoutMs`: default 60,000. */
  export(prefix = '', options: CallOptions = {}): Promise<DocumentTree> {
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
    return (options.dryRun ? previewImport : importDocuments)(this.#publisher, documents, options)
  }
}
