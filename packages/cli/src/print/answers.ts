import type { MemberStatus } from '@waypost/client'

/** What the printers print. The client's own results fit these shapes. */

/** The store's identity and revision when it answered; only the revision when it does not tell the rest. */
export interface Header {
  readonly clusterId?: bigint | undefined
  readonly memberId?: bigint | undefined
  readonly revision: bigint
  readonly raftTerm?: bigint | undefined
}

export interface KeyValueFields {
  readonly keyBytes: Uint8Array
  readonly bytes: Uint8Array
  readonly version: bigint
  readonly createRevision: bigint
  readonly modRevision: bigint
  readonly lease: bigint
}

export interface PutAnswer {
  readonly revision: bigint
  readonly previous: KeyValueFields | undefined
}

export interface RangeAnswer {
  readonly kvs: readonly KeyValueFields[]
  readonly count: bigint
  readonly more: boolean
}

export interface DeleteAnswer {
  readonly deleted: number
  readonly previous: readonly KeyValueFields[]
}

export interface EventFields {
  readonly type: 'put' | 'delete'
  readonly kv: KeyValueFields
  readonly previous: KeyValueFields | undefined
}

export interface LeaseFields {
  readonly id: bigint
  readonly ttlSeconds: number
}

export interface LeaseTimesAnswer extends LeaseFields {
  readonly grantedTtlSeconds: number
  readonly keys: readonly string[]
}

export interface StatusAnswer extends MemberStatus {
  readonly endpoint: string
}
