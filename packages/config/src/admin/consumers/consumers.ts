import type { EtcdClient } from '@waypost/client'
import type { CallOptions, Clock } from '@waypost/core'
import { Deadline } from '@waypost/core'
import { type DocumentStatus, readStatus } from './document-status.ts'
import { type Rejection, readRejections } from './rejections.ts'
import { type AppliedByAll, type AwaitedRelease, waitUntilApplied } from './wait-until-applied.ts'

/** The live processes that use documents, and how far each of them is. */
export class Consumers {
  readonly #etcd: EtcdClient
  readonly #clock: Clock

  /** @internal Made by `ConfigCenter`. */
  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /** Which live process runs which release of a document. */
  status(path: string, options?: CallOptions): Promise<DocumentStatus> {
    return readStatus(this.#etcd, path, new Deadline({ ...options, clock: this.#clock }))
  }

  /** What live processes have rejected and still reject, at most `limit` of it: 100 unless told otherwise. */
  rejections({
    limit = 100,
    ...options
  }: CallOptions & { readonly limit?: number | undefined } = {}): Promise<readonly Rejection[]> {
    return readRejections(this.#etcd, limit, new Deadline({ ...options, clock: this.#clock }))
  }

  /**
   * Waits until every live process that uses the document has applied a release, or a later one. `release` is what
   * `publish` returned. Fails with `failed-precondition` as soon as one rejects it, and with `deadline-exceeded`,
   * naming who has not answered, after `timeoutMs`: default 30,000.
   */
  waitUntilApplied(release: AwaitedRelease, options: CallOptions = {}): Promise<AppliedByAll> {
    return waitUntilApplied(this.#etcd, this.#clock, release, options)
  }
}
