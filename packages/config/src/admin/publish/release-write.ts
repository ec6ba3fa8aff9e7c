import type { EtcdClient } from '@waypost/client'
import type { Clock, Deadline } from '@waypost/core'
import { configKey } from '../../config-path.ts'
import { storeContent } from '../../records/content.ts'
import { type HeadRecord, serializeHead } from '../../records/head.ts'
import { headKey, releaseKey } from '../../records/keys.ts'
import { type ReleaseRecord, serializeRelease } from '../../records/release.ts'
import {
  type AuditedWrite,
  bytesOf,
  commitAudited,
  type KeyWrite,
  maxTransactionBytes,
} from '../audit/audited-write.ts'
import type { Authorship } from '../audit/authorship.ts'
import type { PathState } from '../history/path-state.ts'
import type { PlannedChange } from './planned-change.ts'

/** A record of what was done by hand keeps no content beyond this: with its head it must fit into a transaction. */
const maxExternalRecordBytes = maxTransactionBytes - 10_000

/** A change and the state that it is a change of. */
export interface ReleaseStep {
  readonly change: PlannedChange
  readonly state: PathState
}

/** Whether the step makes a release: an unchanged document gets none. */
export function makesRelease({ change, state }: ReleaseStep): boolean {
  return change.kind === 'external' || change.checksum !== state.checksum
}

/** What else belongs into the transaction of some releases. */
export interface Companions {
  readonly action: string
  readonly detail?: string | undefined
  readonly conditions?: AuditedWrite['conditions'] | undefined
  readonly writes?: AuditedWrite['writes'] | undefined
}

export interface ReleaseMeta extends Authorship, Companions {
  readonly bundle: string | undefined
  /** Stands in the audit instead of the comment. */
  readonly reason?: string | undefined
}

/**
 * Makes all the releases, their documents, their heads and the audit in one transaction. Gives its revision, or
 * `undefined` when one of the documents is not any more as its step says.
 */
export function commitReleases(
  etcd: EtcdClient,
  clock: Clock,
  steps: readonly ReleaseStep[],
  meta: ReleaseMeta,
  deadline: Deadline,
): Promise<bigint | undefined> {
  const { author, address, comment, reason = comment, action, detail } = meta
  const at = new Date(clock.epochMs()).toISOString()
  const releases = steps.filter(makesRelease)
  const parts = releases.length > 1 ? releases.length : undefined
  const writes = releases.flatMap((step) => writesOf(step, meta, { at, parts }))
  const write: AuditedWrite = {
    conditions: [...steps.flatMap(({ state }) => state.stillCurrent), ...(meta.conditions ?? [])],
    writes: [...writes, ...(meta.writes ?? [])],
    audit: { author, address, action, detail, paths: steps.map(({ change }) => change.path), comment: reason },
  }
  return commitAudited(etcd, clock, write, deadline)
}

function writesOf(
  { change, state }: ReleaseStep,
  meta: ReleaseMeta,
  { at, parts }: Pick<HeadRecord, 'at' | 'parts'>,
): readonly KeyWrite[] {
  const { path, kind, bytes, checksum, restores, canary } = change
  const release = state.recorded + 1
  const record: ReleaseRecord = {
    release,
    path,
    kind,
    author: meta.author,
    comment: meta.comment,
    at,
    checksum,
    size: bytes?.length ?? 0,
    content: bytes && storeContent(bytes),
    restores,
    bundle: meta.bundle,
    canary,
  }
  const head: KeyWrite = {
    key: headKey(path),
    value: serializeHead({ release, kind, checksum, author: meta.author, parts, at }),
  }
  const kept: KeyWrite = { key: releaseKey(path, release), value: serializeRelease(record) }
  if (kind !== 'external') return [head, kept, { key: configKey(path), value: bytes }]
  // What was changed by hand is there already, whatever its size: the next release must not fail for it.
  if (bytesOf(kept) <= maxExternalRecordBytes) return [head, kept]
  return [head, { ...kept, value: serializeRelease({ ...record, content: undefined }) }]
}
