import type { EtcdClient } from '@waypost/client'
import type { CallOptions, Clock } from '@waypost/core'
import { Deadline } from '@waypost/core'
import { callOptionKinds, checkedCallOptions, checkOptions, type OptionKinds, wholeNumber } from '@waypost/core/options'
import { type DocumentStatus, readStatus } from './document-status.ts'
import { type Rejection, readRejections } from './rejections.ts'
import { type AppliedByAll, type AwaitedRelease, waitUntilApplied } from './wait-until-applied.ts'

interface RejectionsOptions extends CallOptions {
  readonly limit?: number | undefined
}

const rejectionsOptionKinds: OptionKinds<RejectionsOptions> = { ...callOptionKinds, limit: wholeNumber(1) }

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
    return readStatus(
      this.#etcd,
      path,
      new Deadline({ ...checkedCallOptions('consumers.status', options), clock: this.#clock }),
    )
  }

  /** What live processes have rejected and still reject, at most `limit` of it: 100 unless told otherwise. */
  rejections(options: RejectionsOptions = {}): Promise<readonly Rejection[]> {
    checkOptions('consumers.rejections', options, rejectionsOptionKinds)
    const { limit = 100 } = options
    return readRejections(this.#etcd, limit, new Deadline({ ...options, clock: this.#clock }))
  }

  /**
   * Waits until every live process that uses the document has applied a release, or a later one. `release` is what
   * `publish` returned. Fails with `failed-precondition` as soon as one rejects it, and with `deadline-exceeded`,
   * naming who has not answered, after `timeoutMs`: default 30,000.
   */
  waitUntilApplied(release: AwaitedRelease, options: CallOptions = {}): Promise<AppliedByAll> {
    checkOptions('consumers.waitUntilApplied', options, callOptionKinds)
    return waitUntilApplied(this.#etcd, this.#clock, release, options)
  }
}
