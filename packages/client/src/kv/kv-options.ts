import type { CallOptions } from '@waypost/core'
import {
  boolean,
  callOptionKinds,
  int64,
  type OptionKinds,
  oneOf,
  optionsKind,
  required,
  wholeNumber,
} from '@waypost/core/options'
import type { Int64 } from '../keys/key.ts'
import type { KeyValue } from '../keys/key-value.ts'

export interface PutFlags {
  /** Attaches the key to this lease, with which it is deleted. Default none, which also detaches it from an existing one. */
  readonly lease?: Int64 | undefined
  /** Asks for the key as it was before, in `previous`. */
  readonly prevKv?: boolean | undefined
  /** Keeps the present value; the value given must be empty, and the key must exist. */
  readonly ignoreValue?: boolean | undefined
  /** Keeps the present lease; the key must exist. */
  readonly ignoreLease?: boolean | undefined
}

export interface PutOptions extends CallOptions, PutFlags {}

export interface PutResult {
  /** The revision of this change. */
  readonly revision: bigint
  /** The key as it was before, when `prevKv` asked for it and it existed. */
  readonly previous: KeyValue | undefined
}

export interface GetFlags {
  /** Reads the state as of this revision. Default the newest. */
  readonly revision?: Int64 | undefined
  /** Answers from the member's own state, without asking the cluster: faster, and possibly out of date. */
  readonly serializable?: boolean | undefined
  /** Leaves the value out. */
  readonly keysOnly?: boolean | undefined
}

export interface GetOptions extends CallOptions, GetFlags {}

export type SortBy = 'key' | 'version' | 'createRevision' | 'modRevision' | 'value'

export interface RangeFlags extends GetFlags {
  /** The most keys to return, above 0. Default all. */
  readonly limit?: number | undefined
  /** Default by key, ascending. */
  readonly sort?: { readonly by?: SortBy | undefined; readonly order: 'ascending' | 'descending' } | undefined
  /** Leaves out what was changed, or created, before or after these revisions. `count` ignores them. */
  readonly minModRevision?: Int64 | undefined
  readonly maxModRevision?: Int64 | undefined
  readonly minCreateRevision?: Int64 | undefined
  readonly maxCreateRevision?: Int64 | undefined
}

export interface RangeOptions extends CallOptions, RangeFlags {}

export interface ListOptions extends CallOptions, RangeFlags {
  /** How many keys to fetch at a time. Default: as many as come to about 1 MiB, 5,000 at most. */
  readonly pageSize?: number | undefined
}

/** One answer to a range request. */
export interface RangePage {
  readonly kvs: readonly KeyValue[]
  /** How many keys are in the range, whatever `limit` and the filters left out. */
  readonly count: bigint
  /** Whether `limit` cut some off. */
  readonly more: boolean
  /** The store's revision when it answered. Keys read at an older revision come with the newest one here too. */
  readonly revision: bigint
}

export interface CountOptions extends CallOptions {
  readonly revision?: Int64 | undefined
  readonly serializable?: boolean | undefined
}

export interface DeleteFlags {
  /** Asks for the keys as they were before, in `previous`. */
  readonly prevKv?: boolean | undefined
}

export interface DeleteOptions extends CallOptions, DeleteFlags {}

export interface DeleteResult {
  /** The revision of this change; the store's present one when nothing was deleted. */
  readonly revision: bigint
  /** How many keys were deleted. */
  readonly deleted: number
  /** The keys as they were before, when `prevKv` asked for them. */
  readonly previous: readonly KeyValue[]
}

export interface CompactOptions extends CallOptions {
  /** Answers only once the space has been freed, not when the compaction has been decided. */
  readonly physical?: boolean | undefined
}

export const putFlagKinds: OptionKinds<PutFlags> = {
  lease: int64,
  prevKv: boolean,
  ignoreValue: boolean,
  ignoreLease: boolean,
}

export const getFlagKinds: OptionKinds<GetFlags> = { revision: int64, serializable: boolean, keysOnly: boolean }

const sortKinds: OptionKinds<NonNullable<RangeFlags['sort']>> = {
  by: oneOf('key', 'version', 'createRevision', 'modRevision', 'value'),
  order: required(oneOf('ascending', 'descending')),
}

export const rangeFlagKinds: OptionKinds<RangeFlags> = {
  ...getFlagKinds,
  limit: wholeNumber(1),
  sort: optionsKind(sortKinds),
  minModRevision: int64,
  maxModRevision: int64,
  minCreateRevision: int64,
  maxCreateRevision: int64,
}

export const deleteFlagKinds: OptionKinds<DeleteFlags> = { prevKv: boolean }

export const putOptionKinds: OptionKinds<PutOptions> = { ...putFlagKinds, ...callOptionKinds }
export const getOptionKinds: OptionKinds<GetOptions> = { ...getFlagKinds, ...callOptionKinds }
export const rangeOptionKinds: OptionKinds<RangeOptions> = { ...rangeFlagKinds, ...callOptionKinds }
export const listOptionKinds: OptionKinds<ListOptions> = { ...rangeOptionKinds, pageSize: wholeNumber(1) }
export const deleteOptionKinds: OptionKinds<DeleteOptions> = { ...deleteFlagKinds, ...callOptionKinds }
export const compactOptionKinds: OptionKinds<CompactOptions> = { ...callOptionKinds, physical: boolean }
export const countOptionKinds: OptionKinds<CountOptions> = {
  ...callOptionKinds,
  revision: int64,
  serializable: boolean,
}
