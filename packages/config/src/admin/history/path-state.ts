import { type Condition, type EtcdClient, get, type KeyValue, modRevision, version } from '@waypost/client'
import { type Deadline, WaypostError } from '@waypost/core'
import { configKey } from '../../config-path.ts'
import { checksumOf } from '../../records/content.ts'
import { type HeadRecord, parseHead } from '../../records/head.ts'
import { headKey, releaseKey, releaseOf, releaseRange } from '../../records/keys.ts'
import { parseRelease } from '../../records/release.ts'

/** A path at one moment: what its document is, and what is recorded about it. */
export interface PathState {
  readonly path: string
  readonly document: KeyValue | undefined
  /** Of the document; absent when there is none. */
  readonly checksum: string | undefined
  /** The latest release that is recorded; 0 for none. */
  readonly recorded: number
  /** The document is not what was recorded last: somebody changed it by hand. */
  readonly external: boolean
  /** Hold as long as neither the document nor its head has changed, and the next release's number is free. */
  readonly stillCurrent: readonly Condition[]
  readonly revision: bigint
}

/** The store takes 128 steps in a transaction. */
const maxPathsAtOnce = 60

/**
 * Reads some paths, up to 60 of them as of one revision. `recount` looks whether there are releases beyond those that the heads name, as
 * after somebody put an old head back by hand.
 */
export async function readPathStates(
  etcd: EtcdClient,
  paths: readonly string[],
  deadline: Deadline,
  { recount = false }: { readonly recount?: boolean | undefined } = {},
): Promise<readonly PathState[]> {
  const states: PathState[] = []
  for (let start = 0; start < paths.length; start += maxPathsAtOnce) {
    states.push(...(await readSome(etcd, paths.slice(start, start + maxPathsAtOnce), recount, deadline)))
  }
  return states
}

/** Counting releases reads at the revision of the first read, which may be compacted meanwhile: then all is read again. */
async function readSome(
  etcd: EtcdClient,
  paths: readonly string[],
  recount: boolean,
  deadline: Deadline,
): Promise<readonly PathState[]> {
  for (;;) {
    const { responses, revision } = await etcd
      .txn()
      .do(...paths.flatMap((path) => [get(configKey(path)), get(headKey(path))]))
      .commit(deadline.call())
    try {
      const states: PathState[] = []
      for (const [index, path] of paths.entries()) {
        const document = responses[index * 2]
        const head = responses[index * 2 + 1]
        states.push(await readState(etcd, { path, document, head, revision, recount }, deadline))
      }
      return states
    } catch (error) {
      if (!WaypostError.is(error, 'compacted')) throw error
    }
  }
}

interface Raw {
  readonly path: string
  readonly document: KeyValue | undefined
  readonly head: KeyValue | undefined
  readonly revision: bigint
  readonly recount: boolean
}

async function readState(etcd: EtcdClient, raw: Raw, deadline: Deadline): Promise<PathState> {
  const { path, document, head, revision } = raw
  const checksum = document && checksumOf(document.bytes)
  const parsed = head && parseHead(head.bytes).record
  const counted = parsed && !raw.recount ? undefined : await latestRelease(etcd, path, revision, deadline)
  const known = parsed && parsed.release >= (counted?.release ?? 0) ? parsed : counted
  const recorded = known?.release ?? 0
  return {
    path,
    document,
    checksum,
    recorded,
    external: checksum !== known?.checksum,
    stillCurrent: [
      modRevision(configKey(path)).equals(document?.modRevision ?? 0n),
      modRevision(headKey(path)).equals(head?.modRevision ?? 0n),
      version(releaseKey(path, recorded + 1)).equals(0),
    ],
    revision,
  }
}

/** What the head would say: for when it is missing or damaged. */
async function latestRelease(
  etcd: EtcdClient,
  path: string,
  revision: bigint,
  deadline: Deadline,
): Promise<Pick<HeadRecord, 'release' | 'checksum'> | undefined> {
  let latest = 0
  for await (const { key } of etcd.kv.list(releaseRange(path), { keysOnly: true, revision, ...deadline.call() })) {
    latest = Math.max(latest, releaseOf(path, key) ?? 0)
  }
  if (latest === 0) return undefined
  const stored = await etcd.kv.get(releaseKey(path, latest), { revision, ...deadline.call() })
  return { release: latest, checksum: stored && parseRelease(stored.bytes).record?.checksum }
}
