import type { EtcdClient } from '@waypost/client'
import type { CallOptions, Clock } from '@waypost/core'
import { Deadline } from '@waypost/core'
import { type AuditFilter, type AuditLog, pruneAudit, readAudit } from './audit-log.ts'

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
  list(options: AuditFilter & CallOptions = {}): Promise<AuditLog> {
    return readAudit(this.#etcd, options, new Deadline({ ...options, clock: this.#clock }))
  }

  /** Deletes older entries, and returns how many. Nothing else deletes any. */
  prune(olderThanDays: number, options?: CallOptions): Promise<number> {
    return pruneAudit(this.#etcd, this.#clock, olderThanDays, new Deadline({ ...options, clock: this.#clock }))
  }
}
