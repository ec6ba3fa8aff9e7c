import type { EventKind, Facts } from '../event.ts'
import { type Concern, facts, readFields, sameFacts, unreadable } from './concern.ts'

const schedulesPrefix = '/waypost/schedules/'
const queuesPrefix = '/waypost/queues/'
const pausedSuffix = '/control/paused'

/** Schedules, and whether they are paused. */
export const schedules: Concern = {
  follows: (key) => key.startsWith(schedulesPrefix) && /^[^/]+\/specs\/./.test(key.slice(schedulesPrefix.length)),
  subject: (key) => key,
  derive(key, { change, known, audit }) {
    const value = change(key)?.value
    const was = known(key)
    const now = value && scheduleFacts(readFields(value))
    if (sameFacts(was, now)) return []
    const name = key.slice(schedulesPrefix.length).replace('/specs/', '/')
    return [{ kind: kindOf(was, now), key, name, by: audit?.author, comment: audit?.comment, was, now }]
  },
}

/** Whether queues are paused. */
export const queues: Concern = {
  follows: (key) => key.startsWith(queuesPrefix) && key.endsWith(pausedSuffix),
  subject: (key) => key,
  derive(key, { change, known, audit }) {
    const value = change(key)?.value
    const was = known(key)
    const now = value && { paused: true }
    if (sameFacts(was, now)) return []
    const name = key.slice(queuesPrefix.length, -pausedSuffix.length)
    return [{ kind: now ? 'queue.paused' : 'queue.resumed', key, name, by: audit?.author, was, now }]
  },
}

function scheduleFacts(fields: Facts | undefined): Facts {
  if (fields === undefined) return unreadable
  const { cron, timeZone, everyMs, atMs, overlap, queue, paused, pauseReason } = fields
  return facts({
    cron,
    timeZone,
    everyMs,
    atMs,
    overlap,
    queue,
    paused: paused === true ? true : undefined,
    pauseReason,
  })
}

function kindOf(was: Facts | undefined, now: Facts | undefined): EventKind {
  if (now === undefined) return 'schedule.removed'
  if (was !== undefined && was.paused !== now.paused)
    return now.paused === true ? 'schedule.paused' : 'schedule.resumed'
  return 'schedule.set'
}
