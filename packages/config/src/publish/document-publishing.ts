import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { Canaries } from '../canary-admin/canaries.ts'
import { Drafts } from '../drafts/drafts.ts'
import { Policies } from '../drafts/policies.ts'
import { type AuditFilter, type AuditLog, pruneAudit, readAudit } from '../history/audit-log.ts'
import { type DocumentDiff, diffDocuments } from '../history/document-diff.ts'
import { ExternalRecorder, type ExternalRecorderOptions } from '../history/external-recorder.ts'
import { type HistoryFilter, type Release, type ReleaseHistory, readHistory, readRelease } from '../history/history.ts'
import { defaultRetention, pruneHistory, type Retention } from '../history/prune.ts'
import type { DocumentTree } from '../move/document-tree.ts'
import {
  exportDocuments,
  type ImportedDocuments,
  type ImportOptions,
  importDocuments,
  previewImport,
} from '../move/import-documents.ts'
import { StoredSchemas } from '../schemas/stored-schemas.ts'
import { type DocumentStatus, readStatus } from '../status/document-status.ts'
import { type AppliedByAll, type AwaitedRelease, waitUntilApplied } from '../status/wait-until-applied.ts'
import { Deadline } from './deadline.ts'
import { LiveConsumers } from './live-consumers.ts'
import { type PlannedChange, planChange, planChanges } from './planned-change.ts'
import type { PublishPreview } from './preview.ts'
import type {
  DocumentChange,
  DryRun,
  MaybeDryRun,
  NoDryRun,
  PublishAllOptions,
  PublishedBundle,
  PublishedRelease,
  PublishOptions,
} from './publish-options.ts'
import { Publisher, type ReleaseOptions } from './publisher.ts'

export interface DocumentPublishingOptions {
  /** How much history is kept by who publishes here. Default: the latest 100 releases of each document. */
  readonly retention?: Partial<Retention> | undefined
}

/** The publisher's side of the configuration. `Config` has all of it. */
export class DocumentPublishing {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #publisher: Publisher
  /** The JSON Schemas that documents must fit before they are released. */
  readonly schemas: StoredSchemas
  /** What people mean to publish, and who has approved of it. */
  readonly drafts: Drafts
  /** Documents for some instances only, before they are for all. */
  readonly canaries: Canaries
  /** Which documents are only released with approval. */
  readonly policies: Policies

  constructor(etcd: EtcdClient, clock: Clock, options: DocumentPublishingOptions = {}) {
    this.#etcd = etcd
    this.#clock = clock
    const retention = { ...defaultRetention, ...options.retention }
    this.#publisher = new Publisher({
      etcd,
      clock,
      retention,
      consumers: new LiveConsumers(etcd),
      followers: new Set(),
    })
    this.schemas = new StoredSchemas(etcd, clock)
    this.drafts = new Drafts(this.#publisher)
    this.canaries = new Canaries(this.#publisher)
    this.policies = new Policies(etcd, clock)
  }

  /**
   * Releases a document: text, written as UTF-8, or bytes. The document, its release and the audit are one
   * transaction: however the call ends, there are all of them or none.
   *
   * Fails with `conflict` when `expectedRelease` is not the document's release any more (`conflictsOf(error)` has both
   * sides and a merge), with `invalid-document` when it does not parse or somebody would break, with
   * `failed-precondition` when it needs approval, and with `outcome-unknown` only when the store stays away until the
   * time is up: otherwise a lost answer is found out.
   *
   * With `dryRun: true` it writes nothing and says who would change from what to what.
   */
  publish(path: string, content: string | Uint8Array, options: PublishOptions & DryRun): Promise<PublishPreview>
  publish(path: string, content: string | Uint8Array, options?: PublishOptions & NoDryRun): Promise<PublishedRelease>
  async publish(
    path: string,
    content: string | Uint8Array,
    options: PublishOptions & MaybeDryRun = {},
  ): Promise<PublishedRelease | PublishPreview> {
    return this.#one(planChange(path, 'publish', content, options.expectedRelease), options)
  }

  /** Deletes a document by a release, so that `rollback` can bring it back. Otherwise like `publish`. */
  unpublish(path: string, options: PublishOptions & DryRun): Promise<PublishPreview>
  unpublish(path: string, options?: PublishOptions & NoDryRun): Promise<PublishedRelease>
  async unpublish(
    path: string,
    options: PublishOptions & MaybeDryRun = {},
  ): Promise<PublishedRelease | PublishPreview> {
    return this.#one(planChange(path, 'delete', undefined, options.expectedRelease), options)
  }

  /** Releases up to 42 documents in one transaction: all of them or none. Otherwise like `publish`. */
  publishAll(changes: readonly DocumentChange[], options: PublishAllOptions & DryRun): Promise<PublishPreview>
  publishAll(changes: readonly DocumentChange[], options?: PublishAllOptions & NoDryRun): Promise<PublishedBundle>
  async publishAll(
    changes: readonly DocumentChange[],
    options: PublishAllOptions & MaybeDryRun = {},
  ): Promise<PublishedBundle | PublishPreview> {
    const planned = planChanges(changes)
    return options.dryRun ? this.#publisher.preview(planned, options) : this.#publisher.release(planned, options)
  }

  /**
   * Makes a new release with the content of an old one, also of a document that was deleted since. What was released
   * once needs no new approval. Fails with `not-found` when the old release is not in the history.
   */
  rollback(path: string, release: number, options: PublishOptions & DryRun): Promise<PublishPreview>
  rollback(path: string, release: number, options?: PublishOptions & NoDryRun): Promise<PublishedRelease>
  async rollback(
    path: string,
    release: number,
    options: PublishOptions & MaybeDryRun = {},
  ): Promise<PublishedRelease | PublishPreview> {
    const deadline = new Deadline(this.#clock, options)
    const { bytes } = await readRelease(this.#etcd, path, release, deadline)
    const change = { ...planChange(path, 'rollback', bytes, options.expectedRelease), restores: release }
    return this.#one(change, { ...options, ...deadline.call(), approved: true })
  }

  /** The releases of a document, the newest first, without their content. */
  history(path: string, options: HistoryFilter & CallOptions = {}): Promise<ReleaseHistory> {
    return readHistory(this.#etcd, path, options, new Deadline(this.#clock, options))
  }

  /** One release of a document, with its content. Fails with `not-found`, or with `data-loss` when it is damaged. */
  release(path: string, release: number, options?: CallOptions): Promise<Release> {
    return readRelease(this.#etcd, path, release, new Deadline(this.#clock, options))
  }

  /** What lies between two releases of a document; 0 stands for before the first. Encrypted values are left out. */
  async diff(path: string, from: number, to: number, options?: CallOptions): Promise<DocumentDiff> {
    const deadline = new Deadline(this.#clock, options)
    const [before, after] = await Promise.all(
      [from, to].map(async (release) => ({
        label: `release ${release}`,
        bytes: release === 0 ? undefined : (await readRelease(this.#etcd, path, release, deadline)).bytes,
      })),
    )
    if (before === undefined || after === undefined) throw new WaypostError('internal', 'A side is missing.')
    return diffDocuments(path, before, after)
  }

  /** Deletes releases that are too many or too old; each sixteenth release does it anyway. Gives how many went. */
  pruneHistory(path: string, options: Partial<Retention> & CallOptions = {}): Promise<number> {
    const { retention } = this.#publisher.parts
    const deadline = new Deadline(this.#clock, options)
    const { releases = retention.releases, maxAgeDays = retention.maxAgeDays } = options
    return pruneHistory(this.#etcd, this.#clock, path, { releases, maxAgeDays }, deadline)
  }

  /** Records what was done to a document by hand as a release, if anything was. The answer is whether it did. */
  recordExternal(path: string, options?: CallOptions): Promise<boolean> {
    return this.#publisher.recordExternal(path, options)
  }

  /**
   * Follows documents and records what is done to them by hand, until it is closed. Any number of processes may do so.
   * Without one, such a change is recorded by the next publish of the document.
   */
  recordExternalChanges(options: ExternalRecorderOptions = {}): ExternalRecorder {
    return new ExternalRecorder(this.#publisher, options)
  }

  /** The documents whose path starts with `prefix` (default all), as of one revision. `timeoutMs`: default 60,000. */
  exportDocuments(prefix = '', options: CallOptions = {}): Promise<DocumentTree> {
    return exportDocuments(this.#etcd, this.#clock, prefix, options)
  }

  /**
   * Releases what differs from a tree of documents, such as `readDirectory` gives. All of it is validated together.
   * Up to 42 documents are one transaction; more are several. Fails with `conflict` when a document changes meanwhile,
   * and with `outcome-unknown` when the store goes away between two; `details.released` says what had been released
   * before. `timeoutMs`: default 60,000, and as much again for each 1,000 documents.
   */
  importDocuments(documents: DocumentTree, options: ImportOptions & DryRun): Promise<PublishPreview>
  importDocuments(documents: DocumentTree, options?: ImportOptions & NoDryRun): Promise<ImportedDocuments>
  async importDocuments(
    documents: DocumentTree,
    options: ImportOptions & MaybeDryRun = {},
  ): Promise<ImportedDocuments | PublishPreview> {
    return (options.dryRun ? previewImport : importDocuments)(this.#publisher, documents, options)
  }

  /** Who among the live processes runs what of a document. */
  status(path: string, options?: CallOptions): Promise<DocumentStatus> {
    return readStatus(this.#etcd, path, new Deadline(this.#clock, options))
  }

  /**
   * Waits until every live process that uses the document has applied a release, or a later one: what `publish` gave.
   * Fails with `failed-precondition` as soon as one rejects it, and with `deadline-exceeded`, naming who has not
   * answered, when `timeoutMs` has passed: default 30,000.
   */
  waitUntilApplied(release: AwaitedRelease, options: CallOptions = {}): Promise<AppliedByAll> {
    return waitUntilApplied(this.#etcd, this.#clock, release, options)
  }

  /** Who did what, the newest first. */
  audit(options: AuditFilter & CallOptions = {}): Promise<AuditLog> {
    return readAudit(this.#etcd, options, new Deadline(this.#clock, options))
  }

  /** Deletes the audit of what was done longer ago. Nothing else does: the audit stays until somebody asks for this. */
  pruneAudit(olderThanDays: number, options?: CallOptions): Promise<number> {
    return pruneAudit(this.#etcd, this.#clock, olderThanDays, new Deadline(this.#clock, options))
  }

  /** Ends the guards and recorders that were started here. */
  protected async endFollowing(): Promise<void> {
    await Promise.all([...this.#publisher.parts.followers].map((follower) => follower.close()))
  }

  #one(change: PlannedChange, options: ReleaseOptions & MaybeDryRun): Promise<PublishedRelease | PublishPreview> {
    return options.dryRun ? this.#publisher.preview([change], options) : this.#publisher.releaseOne(change, options)
  }
}
