import type { EtcdClient, WatchBatch } from '@waypost/client'
import { electionOf } from './concerns/elections.ts'
import type { Facts } from './event.ts'
import type { TimelineState } from './state.ts'

/** From this many on, it is cheaper to ask for all leases there are. */
const maxQuestions = 32

/** The leases, in hexadecimal, of what a revision deleted: whether they ended tells a death from an eviction. */
export function leasesOfDeleted(batch: WatchBatch, state: TimelineState): ReadonlySet<string> {
  const leases = new Set<string>()
  for (const { type, key } of batch.events) {
    const known = type === 'delete' ? state.get(key) : undefined
    if (known === undefined) continue
    const lease = leaseOf(key, known)
    if (lease !== undefined) leases.add(lease)
  }
  return leases
}

/** Which of the leases have ended. */
export async function endedLeases(
  etcd: EtcdClient,
  leases: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<(lease: string) => boolean | undefined> {
  if (leases.size === 0) return () => undefined
  if (leases.size > maxQuestions) {
    const living = new Set((await etcd.leases.list({ signal })).map((id) => id.toString(16)))
    return (lease) => !living.has(lease)
  }
  const ended = new Map<string, boolean>()
  await Promise.all(
    [...leases].map(async (lease) => {
      const { ttlSeconds } = await etcd.leases.timeToLive(BigInt(`0x${lease}`), { signal })
      ended.set(lease, ttlSeconds < 0)
    }),
  )
  return (lease) => ended.get(lease)
}

function leaseOf(key: string, known: Facts): string | undefined {
  if (electionOf(key, known) !== undefined) return key.slice(key.lastIndexOf('/') + 1)
  return typeof known.lease === 'string' ? known.lease : undefined
}
