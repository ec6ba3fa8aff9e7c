import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, WaypostError } from '@waypost/core'
import { boolean, callOptionKinds, checkedCallOptions, checkOptions, type OptionKinds } from '@waypost/core/options'
import { type DocumentDiff, diffDocuments } from '../diff/document-diff.ts'
import { type CurrentDocument, readCurrent } from '../history/current-document.ts'
import {
  type HistoryFilter,
  historyOptionKinds,
  type Release,
  type ReleaseHistory,
  readHistory,
  readRelease,
} from '../history/history.ts'
import { type LatestRelease, latestReleases } from '../history/latest-releases.ts'
import { pruneHistory, type Retention, retentionKinds } from '../history/prune.ts'
import {
  ExternalRecorder,
  type ExternalRecorderOptions,
  externalRecorderOptionKinds,
} from '../publish/external-recorder.ts'
import { type PlannedChange, planChange, planChanges } from '../publish/planned-change.ts'
import type { PublishPreview } from '../publish/preview.ts'
import {
  type DocumentChange,
  type DryRun,
  type MaybeDryRun,
  type NoDryRun,
  type PublishAllOptions,
  type PublishedBundle,
  type PublishedRelease,
  type PublishOptions,
  publishAllOptionKinds,
  publishOptionKinds,
} from '../publish/publish-options.ts'
import type { Publisher, ReleaseOptions } from '../publish/publisher.ts'

const publishAllCallKinds: OptionKinds<PublishAllOptions & MaybeDryRun> = { ...publishAllOptionKinds, dryRun: boolean }
const pruneOptionKinds: OptionKinds<Partial<Retention> & CallOptions> = { ...callOptionKinds, ...retentionKinds }

/** Makes releases of documents, and reads those that were made. */
export class Releases {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #publisher: Publisher

  /** @internal Made by `ConfigCenter`. */
  constructor(publisher: Publisher) {
    this.#publisher = publisher
    this.#etcd = publisher.parts.etcd
    this.#clock = publisher.parts.clock
  }

  /**
   * Releases a document: text, written as UTF-8, or bytes. The document, its release and the audit are one
   * transaction: however the call ends, there are all of them or none.
   *
   * Fails with `conflict` when `expectedRelease` is not the document's current release (`conflictsOf(error)` has both
   * sides and a merge), with `invalid-document` when it does not parse or a live process would reject it, with
   * `failed-precondition` when it needs approval, and with `outcome-unknown` only when the store stays away until the
   * deadline: otherwise Waypost finds out what became of a lost answer.
   *
   * With `dryRun: true` it writes nothing and returns who would change from what to what.
   */
  publish(path: string, content: string | Uint8Array, options: PublishOptions & DryRun): Promise<PublishPreview>
  publish(path: string, content: string | Uint8Array, options?: PublishOptions & NoDryRun): Promise<PublishedRelease>
  async publish(
    path: string,
    content: string | Uint8Array,
    options: PublishOptions & MaybeDryRun = {},
  ): Promise<PublishedRelease | PublishPreview> {
    checkOptions('releases.publish', options, publishOptionKinds)
    return this.#one(planChange(path, 'publish', content, options.expectedRelease), options)
  }

  /** Deletes a document by a release, so that `rollback` can bring it back. Otherwise like `publish`. */
  unpublish(path: string, options: PublishOptions & DryRun): Promise<PublishPreview>
  unpublish(path: string, options?: PublishOptions & NoDryRun): Promise<PublishedRelease>
  async unpublish(
    path: string,
    options: PublishOptions & MaybeDryRun = {},
  ): Promise<PublishedRelease | PublishPreview> {
    checkOptions('releases.unpublish', options, publishOptionKinds)
    return this.#one(planChange(path, 'delete', undefined, options.expectedRelease), options)
  }

  /** Releases up to 42 documents in one transaction: all of them or none. Otherwise like `publish`. */
  publishAll(changes: readonly DocumentChange[], options: PublishAllOptions & DryRun): Promise<PublishPreview>
  publishAll(changes: readonly DocumentChange[], options?: PublishAllOptions & NoDryRun): Promise<PublishedBundle>
  async publishAll(
    changes: readonly DocumentChange[],
    options: PublishAllOptions & MaybeDryRun = {},
  ): Promise<PublishedBundle | PublishPreview> {
    checkOptions('releases.publishAll', options, publishAllCallKinds)
    const planned = planChanges(changes)
    return options.dryRun ? this.#publisher.preview(planned, options) : this.#publisher.release(planned, options)
  }

  /**
   * Makes a new release with the content of an old one, also of a document that was deleted since. What was released
   * once needs no new approval. Fails with `not-found` when the old release is not in the history.
   *
   * @example
   * ```ts
   * const { releases } = waypost.config
   * await releases.publish('example/limits.yaml', 'max: 1')
   * await releases.publish('example/limits.yaml', 'max: 2', { author: 'mei', expectedRelease: 1 })
   * const { release } = await releases.rollback('example/limits.yaml', 1)
   * console.log(release) // 3
   * ```
   */
  rollback(path: string, release: number, options: PublishOptions & DryRun): Promise<PublishPreview>
  rollback(path: string, release: number, options?: PublishOptions & NoDryRun): Promise<PublishedRelease>
  async rollback(
    path: string,
    release: number,
    options: PublishOptions & MaybeDryRun = {},
  ): Promise<PublishedRelease | PublishPreview> {
    checkOptions('releases.rollback', options, publishOptionKinds)
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const { bytes } = await readRelease(this.#etcd, path, release, deadline)
    const change = { ...planChange(path, 'rollback', bytes, options.expectedRelease), restores: release }
    return this.#one(change, { ...options, ...deadline.call(), approved: true })
  }

  /** A document as it is now, with the release that it is at. A document that is not there is an answer, too. */
  current(path: string, options?: CallOptions): Promise<CurrentDocument> {
    return readCurrent(
      this.#etcd,
      path,
      new Deadline({ ...checkedCallOptions('releases.current', options), clock: this.#clock }),
    )
  }

  /** The documents that were released at this time (ISO 8601) or later, each with its latest release, the newest first. */
  since(at: string, options?: CallOptions): Promise<readonly LatestRelease[]> {
    return latestReleases(
      this.#etcd,
      at,
      new Deadline({ ...checkedCallOptions('releases.since', options), clock: this.#clock }),
    )
  }

  /** One release of a document, with its content. Fails with `not-found`, or with `data-loss` when it is damaged. */
  get(path: string, release: number, options?: CallOptions): Promise<Release> {
    return readRelease(
      this.#etcd,
      path,
      release,
      new Deadline({ ...checkedCallOptions('releases.get', options), clock: this.#clock }),
    )
  }

  /** The releases of a document, the newest first, without their content. */
  async history(path: string, options: HistoryFilter & CallOptions = {}): Promise<ReleaseHistory> {
    checkOptions('releases.history', options, historyOptionKinds)
    return readHistory(this.#etcd, path, options, new Deadline({ ...options, clock: this.#clock }))
  }

  /** What changed between two releases of a document; 0 stands for before the first. Encrypted values are left out. */
  async diff(path: string, from: number, to: number, options?: CallOptions): Promise<DocumentDiff> {
    const deadline = new Deadline({ ...checkedCallOptions('releases.diff', options), clock: this.#clock })
    const [before, after] = await Promise.all(
      [from, to].map(async (release) => ({
        label: `release ${release}`,
        bytes: release === 0 ? undefined : (await readRelease(this.#etcd, path, release, deadline)).bytes,
      })),
    )
    if (before === undefined || after === undefined) throw new WaypostError('internal', 'A side is missing.')
    return diffDocuments(path, before, after)
  }

  /**
   * Deletes releases beyond the number or the age that is kept. Every sixteenth release of a document does this too.
   * Returns how many were deleted.
   */
  async prune(path: string, options: Partial<Retention> & CallOptions = {}): Promise<number> {
    checkOptions('releases.prune', options, pruneOptionKinds)
    const { retention } = this.#publisher.parts
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const { releases = retention.releases, maxAgeDays = retention.maxAgeDays } = options
    return pruneHistory(this.#etcd, this.#clock, path, { releases, maxAgeDays }, deadline)
  }

  /** Records a change that was made to a document by hand as a release. Returns whether there was one to record. */
  recordExternal(path: string, options?: CallOptions): Promise<boolean> {
    return this.#publisher.recordExternal(path, checkedCallOptions('releases.recordExternal', options))
  }

  /**
   * Follows documents and records changes that are made by hand, until it is closed. Any number of processes may do so.
   * Without one, such a change is recorded by the next publish of the document.
   */
  recordExternalChanges(options: ExternalRecorderOptions = {}): ExternalRecorder {
    checkOptions('releases.recordExternalChanges', options, externalRecorderOptionKinds)
    return new ExternalRecorder(this.#publisher, options)
  }

  #one(change: PlannedChange, options: ReleaseOptions & MaybeDryRun): Promise<PublishedRelease | PublishPreview> {
    return options.dryRun ? this.#publisher.preview([change], options) : this.#publisher.releaseOne(change, options)
  }
}
