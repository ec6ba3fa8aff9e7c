import type { EtcdClient, KeyValue } from '@waypost/client'
import type { CallOptions, Deadline } from '@waypost/core'
import { messageOf, WaypostError } from '@waypost/core'
import { anything, callOptionKinds, type OptionKinds } from '@waypost/core/options'
import { checksumOf, restoreContent } from '../../records/content.ts'
import type { DamagedRecord } from '../../records/json-record.ts'
import { releaseKey, releaseOf, releaseRange } from '../../records/keys.ts'
import { parseRelease, type ReleaseRecord } from '../../records/release.ts'
import { readPathStates } from './path-state.ts'

/** A release without its content. */
export interface ReleaseInfo extends Omit<ReleaseRecord, 'content'> {
  /** The store's revision at which it was made: what says which of two releases came first. */
  readonly revision: bigint
  /** It deleted the document. */
  readonly deleted: boolean
}

export interface ReleaseHistory {
  readonly path: string
  /** The release that the document is at; 0 when there is none. */
  readonly current: number
  /** Somebody has changed the document by hand since. The next publish, or a recorder, makes a release of that. */
  readonly changedByHand: boolean
  /** The newest first. */
  readonly releases: readonly ReleaseInfo[]
  readonly damaged: readonly DamagedRecord[]
}

export interface HistoryFilter {
  /** The most releases to give. Default 50. */
  readonly limit?: number | undefined
  /** Only releases before this one: the last number of the page before. */
  readonly before?: number | undefined
}

export const historyOptionKinds: OptionKinds<HistoryFilter & CallOptions> = {
  ...callOptionKinds,
  limit: anything(),
  before: anything(),
}

/** Records come with their content, of up to a megabyte each. */
const pageSize = 16

export async function readHistory(
  etcd: EtcdClient,
  path: string,
  { limit = 50, before }: HistoryFilter,
  deadline: Deadline,
): Promise<ReleaseHistory> {
  const [state] = await readPathStates(etcd, [path], deadline)
  const releases: ReleaseInfo[] = []
  const damaged: DamagedRecord[] = []
  const { from, to } = releaseRange(path)
  const range = { from, to: before === undefined ? to : releaseKey(path, before) }
  const options = { sort: { order: 'descending' as const }, pageSize, ...deadline.call() }
  for await (const stored of etcd.kv.list(range, options)) {
    if (releases.length >= limit) break
    // A document in a folder of this name.
    if (releaseOf(path, stored.key) === undefined) continue
    const { record, damage } = parseRelease(stored.bytes)
    if (record === undefined) damaged.push({ key: stored.key, reason: damage })
    else releases.push(infoOf(record, stored))
  }
  return { path, current: state?.recorded ?? 0, changedByHand: state?.external === true, releases, damaged }
}

/** One release, with the document as it was. */
export interface Release extends ReleaseInfo {
  /** Exactly as it was released; absent when the release deleted the document. */
  readonly bytes: Uint8Array | undefined
}

/** Fails with `not-found`, or with `data-loss` when the record is damaged. */
export async function readRelease(
  etcd: EtcdClient,
  path: string,
  release: number,
  deadline: Deadline,
): Promise<Release> {
  if (!Number.isSafeInteger(release) || release < 1) {
    throw new WaypostError('invalid-argument', `A release is a whole number from 1, not ${release}.`)
  }
  const stored = await etcd.kv.get(releaseKey(path, release), deadline.call())
  if (stored === undefined) {
    throw new WaypostError('not-found', `Release ${release} of ${path} is not in the history.`, {
      details: { path, release },
    })
  }
  const { record, damage } = parseRelease(stored.bytes)
  if (record === undefined) throw damagedRelease(path, release, damage)
  return { ...infoOf(record, stored), bytes: bytesOf(record) }
}

function bytesOf({ path, release, kind, size, content, checksum }: ReleaseRecord): Uint8Array | undefined {
  if (content === undefined && checksum === undefined) return undefined
  if (content === undefined && kind === 'external') {
    throw new WaypostError(
      'not-found',
      `Release ${release} of ${path} was written by hand, and with ${size} bytes is too large for the history.`,
      { details: { path, release } },
    )
  }
  let bytes: Uint8Array | undefined
  try {
    bytes = content && restoreContent(content)
  } catch (error) {
    throw damagedRelease(path, release, messageOf(error))
  }
  if (bytes !== undefined && checksumOf(bytes) === checksum) return bytes
  throw damagedRelease(path, release, 'its content does not match its checksum')
}

function infoOf({ content: _, ...rest }: ReleaseRecord, stored: KeyValue): ReleaseInfo {
  return { ...rest, revision: stored.modRevision, deleted: rest.checksum === undefined }
}

function damagedRelease(path: string, release: number, reason: string): WaypostError {
  return new WaypostError('data-loss', `The record of release ${release} of ${path} is damaged: ${reason}.`, {
    details: { path, release },
  })
}
