import type { EtcdClient } from '@waypost/client'
import type { CallOptions, Clock } from '@waypost/core'
import { Deadline } from '@waypost/core'
import {
  callOptionKinds,
  checkOptions,
  type OptionKinds,
  optionsKind,
  required,
  text,
  wholeNumber,
} from '@waypost/core/options'
import { type AuditFilter, type AuditLog, auditFilterKinds, readAudit } from './audit-log.ts'
import type { Authorship } from './authorship.ts'
import { pruneAudit } from './prune-audit.ts'
import { type AuditVerification, type KnownEnd, verifyAudit } from './verify-audit.ts'

interface VerifyOptions extends CallOptions {
  readonly known?: KnownEnd | undefined
}

const verifyOptionKinds: OptionKinds<VerifyOptions> = {
  ...callOptionKinds,
  known: optionsKind<KnownEnd>({ sequence: required(wholeNumber(0)), hash: required(text) }),
}
const pruneOptionKinds: OptionKinds<Pick<Authorship, 'author'> & CallOptions> = { ...callOptionKinds, author: text }

/** Who did what, and when. */
export class Audit {
  readonly #etcd: EtcdClient
  readonly #clock: Clock

  /** @internal Made by `ConfigCenter`. */
  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /** What was done, the newest first. */
  async list(options: AuditFilter & CallOptions = {}): Promise<AuditLog> {
    checkOptions('audit.list', options, auditFilterKinds)
    return readAudit(this.#etcd, options, new Deadline({ ...options, clock: this.#clock }))
  }

  /**
   * Holds every entry against the one after it: each carries the hash of the one before. What was deleted, changed or
   * put in later is in `faults`. Whoever may write the audit could write all of it again, end included: against that,
   * keep `end` outside of the store and give it here as `known`, or use the strict mode.
   *
   * @example
   * ```ts
   * await waypost.config.set('example/colour', 'blue', { author: 'mei' })
   * const { faults } = await waypost.config.audit.verify()
   * console.log(faults.length) // 0
   * ```
   */
  verify(options: VerifyOptions = {}): Promise<AuditVerification> {
    checkOptions('audit.verify', options, verifyOptionKinds)
    return verifyAudit(this.#etcd, options.known, new Deadline({ ...options, clock: this.#clock }))
  }

  /**
   * Deletes older entries, and returns how many. Nothing else deletes any. The chain keeps what was pruned, when and by
   * whom, so that what is left can still be verified.
   */
  prune(olderThanDays: number, options: Pick<Authorship, 'author'> & CallOptions = {}): Promise<number> {
    checkOptions('audit.prune', options, pruneOptionKinds)
    return pruneAudit(this.#etcd, this.#clock, olderThanDays, options, new Deadline({ ...options, clock: this.#clock }))
  }
}
