import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { type Event, EventSentence, KindBadge } from '../../timeline/event.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Time } from '../../ui/time.tsx'
import { feedInput } from './feed-input.ts'
import { overviewMessages } from './messages.ts'

const most = 14

/** The latest of the timeline, live, without what Waypost's own processes agree upon. */
export function Feed() {
  const t = useMessages(overviewMessages)
  const query = useOperation('timeline.list', feedInput, ['waypost/timeline'])
  return (
    <QueryView query={query}>
      {({ events }) => (
        <>
          <ul className="problem-list">
            {shown(events).map((event) => (
              <li key={event.id} className="feed-entry">
                <KindBadge event={event} />
                <span className="grow">
                  <EventSentence event={event} />
                </span>
                <span className="muted small">
                  <Time at={event.at} />
                </span>
              </li>
            ))}
          </ul>
          {shown(events).length === 0 && <p className="muted panel-note">{t.noEvents}</p>}
        </>
      )}
    </QueryView>
  )
}

function shown(events: readonly Event[]): readonly Event[] {
  return events
    .filter(({ kind, name }) => !(kind.startsWith('leader.') && name?.startsWith('/waypost/')))
    .slice(0, most)
}
