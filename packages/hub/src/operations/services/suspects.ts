import { WaypostError } from '@waypost/core'
import { type Directory, formatAddress, heldInstances, type SeenChange } from '@waypost/registry'
import type { OperationContext } from '../../operation/operation-context.ts'
import type { TimelineEvent } from '../../timeline/event.ts'
import { mayShow, readableKeys } from '../../timeline/readable.ts'
import { recentChanges } from './recent-changes.ts'

/** An instance that is lost, and that consumers still show. */
export interface Suspect {
  readonly service: string
  readonly id: string
  readonly address: string
  readonly zone: string | undefined
  readonly version: string | undefined
  readonly sinceMs: number
  readonly untilMs: number
}

/** What a caller may see of the changes of the last minutes, by service; only of services that have lost somebody. */
export type RecentLosses = ReadonlyMap<string, readonly TimelineEvent[]>

/** Fails with `failed-precondition` when the hub has no login of its own to read the timeline with. */
export async function recentLosses({
  caller: { etcd, user },
  hub: { timeline, clock },
  signal,
}: OperationContext): Promise<RecentLosses> {
  timeline.checkLogin(user)
  const byService = new Map<string, TimelineEvent[]>()
  const all = await recentChanges(timeline, clock, signal)
  if (!all.some(isLoss)) return byService
  const mayRead = await readableKeys(etcd, user, { signal })
  for (const event of all.filter((each) => mayShow(each, mayRead))) {
    const { service = '' } = event
    const known = byService.get(service)
    if (known === undefined) byService.set(service, [event])
    else known.push(event)
  }
  for (const [service, events] of byService) if (!events.some(isLoss)) byService.delete(service)
  return byService
}

/** The same; none where nobody can tell. */
export async function recentLossesIfKnown(context: OperationContext): Promise<RecentLosses> {
  try {
    return await recentLosses(context)
  } catch (error) {
    if (WaypostError.is(error, 'failed-precondition')) return new Map()
    throw error
  }
}

/**
 * The instances that were lost with too many others: consumers with the guard's defaults hold them. The hub's own views
 * do not, and show what the store says.
 */
export function suspectsIn(
  losses: RecentLosses,
  directory: Pick<Directory, 'instances'>,
  nowMs: number,
): readonly Suspect[] {
  return [...losses].flatMap(([service, events]) => suspectsOf(service, events, directory, nowMs))
}

function suspectsOf(
  service: string,
  events: readonly TimelineEvent[],
  directory: Pick<Directory, 'instances'>,
  nowMs: number,
): readonly Suspect[] {
  const present = directory.instances(service)
  const up = present.filter(({ status }) => status === 'up').length
  const held = heldInstances(events.map(changeOf), up, nowMs)
  return [...held].flatMap(([id, { sinceMs, untilMs }]) => {
    const last = events.findLast((event) => event.instance === id && isLoss(event))
    // The directory may be ahead of the timeline.
    if (last === undefined || present.some((instance) => instance.id === id)) return []
    const { zone, version } = last.was ?? {}
    return { service, id, address: addressOf(last), zone: textOf(zone), version: textOf(version), sinceMs, untilMs }
  })
}

function isLoss({ kind, reason, was }: TimelineEvent): boolean {
  return kind === 'instance.down' && reason !== 'left' && was?.status === 'up' && typeof was.lease === 'string'
}

function changeOf(event: TimelineEvent): SeenChange {
  return {
    key: event.instance ?? '',
    address: addressOf(event),
    atMs: Date.parse(event.at),
    became: event.kind === 'instance.up' ? 'up' : isLoss(event) ? 'lost' : 'gone',
    wasUp: event.was?.status === 'up',
  }
}

function addressOf({ was, now }: TimelineEvent): string {
  const { host, port } = now ?? was ?? {}
  return typeof host === 'string' && typeof port === 'number' ? formatAddress(host, port) : ''
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
