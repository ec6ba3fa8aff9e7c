import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { WaypostError } from '@waypost/core'
import { decodeText } from '../../documents/document-text.ts'
import { restoreContent } from '../../records/content.ts'
import { releaseKey } from '../../records/keys.ts'
import { parseRelease, type ReleaseRecord } from '../../records/release.ts'
import { type MergedText, mergeTexts } from './merge-texts.ts'
import type { ReleaseStep } from './release-write.ts'

/** Both sides of two changes of one document, the second of which was refused. */
export interface ReleaseConflict {
  readonly path: string
  /** The release that the refused change started from. */
  readonly expectedRelease: number
  /** The release that the document is at. */
  readonly currentRelease: number
  /** Who made it, and how; absent when its record is damaged or gone. */
  readonly current: Pick<ReleaseRecord, 'kind' | 'author' | 'comment' | 'at'> | undefined
  /** What the document is now; absent when it was deleted. */
  readonly theirs: Uint8Array | undefined
  /** What was to be published; absent for a deletion. */
  readonly yours: Uint8Array | undefined
  /** What both started from; absent when it is not in the history any more, or was a deletion. */
  readonly base: Uint8Array | undefined
  /** A proposal that has both changes; absent when one of the three is missing or is not text. */
  readonly merged: MergedText | undefined
}

/** The conflicts that an error of `publish` or `publishAll` is about; empty for every other error. */
export function conflictsOf(error: unknown): readonly ReleaseConflict[] {
  return error instanceof ConflictError ? error.conflicts : []
}

class ConflictError extends WaypostError {
  readonly conflicts: readonly ReleaseConflict[]

  constructor(conflicts: readonly ReleaseConflict[]) {
    super('conflict', conflicts.map(sentence).join('\n'), {
      details: { paths: conflicts.map(({ path }) => path), conflicts },
    })
    this.conflicts = conflicts
  }
}

function sentence({ path, expectedRelease, currentRelease, current, merged }: ReleaseConflict): string {
  const by = current?.author === undefined ? '' : ` by ${current.author}`
  const how = current === undefined ? '' : ` (${current.kind}${by}${current.comment ? `: ${current.comment}` : ''})`
  const advice = merged?.clean ? 'The changes do not overlap, and can be merged.' : 'Merge, then publish.'
  return `${path} is at release ${currentRelease}${how}, not at ${expectedRelease} as expected. ${advice}`
}

/** The error that says of each step whose expectation failed what both sides are. */
export async function conflictError(
  etcd: EtcdClient,
  steps: readonly ReleaseStep[],
  deadline: Deadline,
): Promise<WaypostError> {
  const conflicts: ReleaseConflict[] = []
  for (const step of steps) conflicts.push(await conflictOf(etcd, step, deadline))
  return new ConflictError(conflicts)
}

async function conflictOf(
  etcd: EtcdClient,
  { change, state }: ReleaseStep,
  deadline: Deadline,
): Promise<ReleaseConflict> {
  const { path, bytes: yours, expectedRelease = 0 } = change
  const read = async (release: number): Promise<ReleaseRecord | undefined> => {
    const stored = release === 0 ? undefined : await etcd.kv.get(releaseKey(path, release), deadline.call())
    return stored && parseRelease(stored.bytes).record
  }
  const [current, expected] = await Promise.all([read(state.recorded), read(expectedRelease)])
  const theirs = state.document?.bytes
  const base = expected?.content && safely(() => expected.content && restoreContent(expected.content))
  return {
    path,
    expectedRelease,
    currentRelease: state.recorded,
    current: current && { kind: current.kind, author: current.author, comment: current.comment, at: current.at },
    theirs,
    yours,
    base,
    merged: await merge(base, yours, theirs, `release ${state.recorded}`),
  }
}

async function merge(
  base: Uint8Array | undefined,
  yours: Uint8Array | undefined,
  theirs: Uint8Array | undefined,
  label: string,
): Promise<MergedText | undefined> {
  const texts = [base, yours, theirs].map((bytes) => bytes && decodeText(bytes))
  const [from, ours, other] = texts
  if (from === undefined || ours === undefined || other === undefined) return undefined
  return mergeTexts(from, ours, other, { yours: 'yours', theirs: label })
}

/** A damaged record is no reason to say less about the rest. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
