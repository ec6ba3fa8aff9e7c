import type { Clock } from '@waypost/core'
import type { TimelineEvent } from '../../timeline/event.ts'
import type { TimelineService } from '../../timeline/timeline-service.ts'

/** Longer than consumers hold lost instances by their defaults, with the window before. */
const keptMs = 320_000
/** More are too many to be told apart one by one. */
const maxKept = 20_000
const kinds = ['instance.up', 'instance.starting', 'instance.leaving', 'instance.down']
/** When nobody asks any more, the timeline is followed no longer. */
const idleMs = 60_000

interface Followed {
  readonly begun: Promise<void>
  readonly stop: () => void
  /** What has come while one followed; what was before, once it has been read. */
  events: TimelineEvent[]
  timer: NodeJS.Timeout | undefined
}

const followed = new WeakMap<TimelineService, Followed>()

/** Instances that changed their status in the last minutes, the oldest first: read once, and followed from then on. */
export async function recentChanges(
  service: TimelineService,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly TimelineEvent[]> {
  const entry = followed.get(service) ?? begin(service, clock)
  followed.set(service, entry)
  clearTimeout(entry.timer)
  entry.timer = setTimeout(() => end(service, entry), idleMs).unref()
  try {
    await Promise.race([entry.begun, aborted(signal)])
  } catch (error) {
    if (!signal.aborted) end(service, entry)
    throw error
  }
  const sinceMs = clock.epochMs() - keptMs
  const first = entry.events.findIndex(({ at }) => Date.parse(at) >= sinceMs)
  entry.events = first === -1 ? [] : entry.events.slice(first).slice(-maxKept)
  return entry.events
}

function begin({ timeline, feed }: TimelineService, clock: Clock): Followed {
  const { started, stop } = feed.follow(({ events }) => {
    entry.events.push(...events.filter(({ kind }) => kinds.includes(kind)))
  })
  const read = async (): Promise<void> => {
    await started
    const before: TimelineEvent[] = []
    let cursor: string | undefined
    do {
      const page = await timeline.list({
        kinds,
        from: { time: new Date(clock.epochMs() - keptMs) },
        limit: 1_000,
        ...(cursor === undefined ? {} : { cursor }),
      })
      before.push(...page.events)
      cursor = page.next
    } while (cursor !== undefined && before.length < maxKept)
    const known = new Set(before.map(({ id }) => id))
    entry.events = [...before.reverse(), ...entry.events.filter(({ id }) => !known.has(id))]
  }
  const entry: Followed = { begun: read(), stop, events: [], timer: undefined }
  return entry
}

function end(service: TimelineService, entry: Followed): void {
  clearTimeout(entry.timer)
  if (followed.get(service) === entry) followed.delete(service)
  entry.stop()
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
