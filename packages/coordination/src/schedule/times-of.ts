import { CronTimes, type Times } from './cron-times.ts'
import type { ScheduleSpec } from './schedule-options.ts'

/** Patterns are costly to read, and few: many schedules share one. */
const known = new Map<string, CronTimes>()
const maxKnown = 2_000

/** When a schedule runs. Throws `invalid-argument` for a pattern or time zone that is not valid. */
export function timesOf({ cron, timeZone = 'UTC', everyMs, atMs, createdAtMs }: ScheduleSpec): Times {
  if (cron !== undefined) return cronTimes(cron, timeZone)
  if (everyMs !== undefined) {
    return { next: (afterMs) => createdAtMs + Math.max(1, Math.floor((afterMs - createdAtMs) / everyMs) + 1) * everyMs }
  }
  return { next: (afterMs) => (atMs !== undefined && atMs > afterMs ? atMs : undefined) }
}

function cronTimes(pattern: string, timeZone: string): CronTimes {
  const name = `${timeZone} ${pattern}`
  let times = known.get(name)
  if (times === undefined) {
    times = new CronTimes(pattern, timeZone)
    if (known.size >= maxKnown) known.clear()
    known.set(name, times)
  }
  return times
}

/** How much a run is put off: always the same for one run, whoever leads. */
export function jitterOf(name: string, plannedMs: number, jitterMs: number): number {
  if (jitterMs === 0) return 0
  let hash = 0x811c9dc5
  for (const character of `${name} ${plannedMs}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return ((hash >>> 0) / 0x1_0000_0000) * jitterMs
}
