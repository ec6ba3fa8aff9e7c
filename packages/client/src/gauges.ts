import { Cache } from './cache/cache.ts'
import type { Leases } from './lease/leases.ts'
import type { Link } from './link/link.ts'
import type { EtcdGauges } from './telemetry/metrics.ts'
import type { Watch } from './watch/watch.ts'
import type { WatchStreams } from './watch/watch-streams.ts'

/** The parts of a client that are measured. */
export interface MeasuredParts {
  readonly link: Link
  readonly leases: Leases
  readonly watchStreams: WatchStreams
  readonly followers: ReadonlySet<Watch | Cache>
}

export function readGauges({ link, leases, watchStreams, followers }: MeasuredParts, nowMs: number): EtcdGauges {
  const caches = [...followers].filter((follower) => follower instanceof Cache)
  const newest = watchStreams.newestRevision
  let staleCaches = 0
  let stalenessMs = 0
  let lag = 0n
  for (const { isReady, revision, staleSince } of caches) {
    if (isReady && newest - revision > lag) lag = newest - revision
    if (staleSince === undefined) continue
    staleCaches += 1
    stalenessMs = Math.max(stalenessMs, nowMs - staleSince.getTime())
  }
  return {
    connected: link.current !== undefined,
    leases: leases.size,
    watches: followers.size - caches.length,
    caches: caches.length,
    staleCaches,
    stalenessSeconds: stalenessMs / 1_000,
    cacheRevisionLag: Number(lag),
  }
}
