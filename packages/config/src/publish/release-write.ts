import { del, type EtcdClient, type Operation, put } from '@waypost/client'
import { type Clock, WaypostError } from '@waypost/core'
import { configKey } from '../config-path.ts'
import { storeContent } from '../records/content.ts'
import { serializeHead } from '../records/head.ts'
import { headKey, releaseKey } from '../records/keys.ts'
import { serializeRelease } from '../records/release.ts'
import { type AuditedWrite, commitAudited } from './audited-write.ts'
import type { Deadline } from './deadline.ts'
import type { PathState } from './path-state.ts'
import type { PlannedChange } from './planned-change.ts'
import type { Authorship } from './publish-options.ts'

/** The store refuses requests above 1.5 MiB. */
const maxRequestBytes = 1_500_000

/** A change and the state that it is a change of. */
export interface ReleaseStep {
  readonly change: PlannedChange
  readonly state: PathState
}

/** Whether the step makes a release: a document that is so already gets none. */
export function makesRelease({ change, state }: ReleaseStep): boolean {
  return change.kind === 'external' || change.checksum !== state.checksum
}

/** What else belongs into the transaction of some releases. */
export interface Companions {
  readonly action: string
  readonly detail?: string | undefined
  readonly conditions?: AuditedWrite['conditions'] | undefined
  readonly operations?: AuditedWrite['operations'] | undefined
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
  const { author, comment, reason = comment, action, detail } = meta
  const at = new Date(clock.epochMs()).toISOString()
  const writes = steps.filter(makesRelease).map((step) => writesOf(step, meta, at))
  checkSize(steps, writes)
  const write: AuditedWrite = {
    conditions: [...steps.flatMap(({ state }) => state.unchanged), ...(meta.conditions ?? [])],
    operations: [...writes.flatMap(({ operations }) => operations), ...(meta.operations ?? [])],
    audit: { author, action, detail, paths: steps.map(({ change }) => change.path), comment: reason },
  }
  return commitAudited(etcd, clock, write, deadline)
}

interface StepWrites {
  readonly operations: readonly Operation<unknown>[]
  readonly bytes: number
}

function writesOf({ change, state }: ReleaseStep, meta: ReleaseMeta, at: string): StepWrites {
  const { path, kind, bytes, checksum, restores, canary } = change
  const release = state.recorded + 1
  const record = serializeRelease({
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
  })
  const records = [
    put(headKey(path), serializeHead({ release, kind, checksum, at })),
    put(releaseKey(path, release), record),
  ]
  const recordBytes = Buffer.byteLength(record)
  // What was changed by hand is there already.
  if (kind === 'external') return { operations: records, bytes: recordBytes }
  const document = bytes === undefined ? del(configKey(path)) : put(configKey(path), bytes)
  return { operations: [...records, document], bytes: recordBytes + (bytes?.length ?? 0) }
}

function checkSize(steps: readonly ReleaseStep[], writes: readonly StepWrites[]): void {
  const size = writes.reduce((sum, { bytes }) => sum + bytes, 0)
  if (size <= maxRequestBytes) return
  const what = steps.length === 1 ? `${steps[0]?.change.path} and its history record come` : 'The documents come'
  throw new WaypostError(
    'too-large',
    `${what} to ${size} bytes; a transaction may have ${maxRequestBytes}. Publish less at once, or split the document.`,
    { details: { size, limit: maxRequestBytes } },
  )
}
