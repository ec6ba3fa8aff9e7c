import type { CallOptions } from '@waypost/core'
import { anything, boolean, type OptionKinds, oneOf, text } from '@waypost/core/options'
import { type Authorship, authoredCallKinds } from '../audit/authorship.ts'
import type { ApprovalBypass } from '../policies/policies.ts'

/**
 * `live`: the format, the stored JSON Schema, and the schemas of the processes that use the document now.
 * `stored`: the format and the stored JSON Schema. `none`: nothing.
 */
export type ValidationLevel = 'live' | 'stored' | 'none'

/** `timeoutMs` bounds the whole call; default 10,000. */
export interface PublishAllOptions extends Authorship, ApprovalBypass, CallOptions {
  /** Default `live`. */
  readonly validate?: ValidationLevel | undefined
}

export interface PublishOptions extends PublishAllOptions {
  /**
   * The release that this one is a change of; 0 when there is none yet. When another has come since, the call fails
   * with `conflict` and changes nothing. Absent: whatever is there is replaced.
   */
  readonly expectedRelease?: number | undefined
}

export const publishAllOptionKinds: OptionKinds<PublishAllOptions> = {
  ...authoredCallKinds,
  bypassApproval: text,
  validate: oneOf('live', 'stored', 'none'),
}

export const publishOptionKinds: OptionKinds<PublishOptions & MaybeDryRun> = {
  ...publishAllOptionKinds,
  expectedRelease: anything(),
  dryRun: boolean,
}

/** One document of a publish. */
export type DocumentChange =
  | {
      readonly path: string
      /** Text, written as UTF-8, or bytes, as they are. */
      readonly content: string | Uint8Array
      readonly delete?: undefined
      readonly expectedRelease?: number | undefined
    }
  | {
      readonly path: string
      readonly content?: undefined
      readonly delete: true
      readonly expectedRelease?: number | undefined
    }

/** Says what a publish would do instead of doing it. */
export interface DryRun {
  readonly dryRun: true
}

export interface NoDryRun {
  readonly dryRun?: false | undefined
}

export interface MaybeDryRun {
  readonly dryRun?: boolean | undefined
}

/** What a publish did to one document. */
export interface PublishedRelease {
  readonly path: string
  readonly release: number
  /** The store's revision at which the document was written: of the publish, or earlier when it is unchanged. */
  readonly revision: bigint
  /** Absent when the document was deleted. */
  readonly checksum: string | undefined
  /** The document is unchanged: no release was made. */
  readonly unchanged: boolean
}

export interface PublishedBundle {
  /** Shared by the releases of this publish. */
  readonly bundle: string
  readonly revision: bigint
  /** In the order in which they were given. */
  readonly releases: readonly PublishedRelease[]
}
