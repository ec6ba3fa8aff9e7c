import { describeEvent } from './describe-event.ts'
import { revisionOf, type TimelineEvent } from './event.ts'

/** An event as it leaves the hub: in the HTTP API, in streams and in webhooks. */
export function eventJson(event: TimelineEvent): object {
  const { id, ...rest } = event
  return {
    id,
    revision: String(revisionOf(id)),
    ...rest,
    summary: describeEvent(event),
    summaryZh: describeEvent(event, 'zh'),
  }
}
