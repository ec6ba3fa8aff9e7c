import type { EtcdClient } from '@waypost/client'
import type { Clock, Deadline } from '@waypost/core'
import { number, type OptionKinds } from '@waypost/core/options'
import { releaseKey, releaseOf, releaseRange } from '../../records/keys.ts'
import { parseRelease } from '../../records/release.ts'

/** How much history is kept. The latest release always stays. */
export interface Retention {
  /** How many of the latest releases of each document are kept. */
  readonly releases: number
  /** Releases older than this go, by the clock of whoever prunes. `Infinity`: none goes for its age. */
  readonly maxAgeDays: number
}

export const retentionKinds: OptionKinds<Partial<Retention>> = { releases: number, maxAgeDays: number }

export const defaultRetention: Retention = { releases: 100, maxAgeDays: Number.POSITIVE_INFINITY }

const dayMs = 24 * 60 * 60 * 1000

/** Looking through the history costs a read, so only each sixteenth release does it: up to fifteen more stay. */
const pruneEvery = 16

/** After a release: what is too old goes now and then. The release stands, whatever becomes of this. */
export async function pruneAfterRelease(
  etcd: EtcdClient,
  clock: Clock,
  releases: readonly { readonly path: string; readonly release: number }[],
  retention: Retention,
  deadline: Deadline,
): Promise<void> {
  const due = releases.filter(({ release }) => release % pruneEvery === 0)
  try {
    for (const { path } of due) await pruneHistory(etcd, clock, path, retention, deadline)
  } catch {
    // The next one will do it.
  }
}

/** Deletes the releases of a path that are too many or too old. The answer is how many went. */
export async function pruneHistory(
  etcd: EtcdClient,
  clock: Clock,
  path: string,
  { releases, maxAgeDays }: Retention,
  deadline: Deadline,
): Promise<number> {
  const numbers: number[] = []
  for await (const { key } of etcd.kv.list(releaseRange(path), { keysOnly: true, ...deadline.call() })) {
    const release = releaseOf(path, key)
    if (release !== undefined) numbers.push(release)
  }
  const oldestMs = clock.epochMs() - maxAgeDays * dayMs
  let pruned = 0
  for (const [index, release] of numbers.slice(0, -1).entries()) {
    const tooMany = numbers.length - index > releases
    if (!tooMany && !(await isOlder(etcd, releaseKey(path, release), oldestMs, deadline))) break
    pruned += (await etcd.kv.delete(releaseKey(path, release), deadline.call())).deleted
  }
  return pruned
}

async function isOlder(etcd: EtcdClient, key: string, thanMs: number, deadline: Deadline): Promise<boolean> {
  if (thanMs === Number.NEGATIVE_INFINITY) return false
  const stored = await etcd.kv.get(key, deadline.call())
  const at = stored && parseRelease(stored.bytes).record?.at
  return at !== undefined && Date.parse(at) < thanMs
}
