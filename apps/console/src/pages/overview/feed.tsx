import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { EventSentence, KindBadge } from '../../timeline/event.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Time } from '../../ui/time.tsx'
import { overviewMessages } from './messages.ts'

/** The latest of the timeline, live. */
export function Feed() {
  const t = useMessages(overviewMessages)
  const query = useOperation('timeline.list', { query: { limit: 12 } }, ['waypost/timeline'])
  return (
    <QueryView query={query}>
      {({ events }) => (
        <>
          <ul className="problem-list">
            {events.map((event) => (
              <li key={event.id} className="feed-entry">
                <KindBadge kind={event.kind} />
                <span className="grow">
                  <EventSentence event={event} />
                </span>
                <span className="muted small">
                  <Time at={event.at} />
                </span>
              </li>
            ))}
          </ul>
          {events.length === 0 && <p className="muted panel-note">{t.noEvents}</p>}
        </>
      )}
    </QueryView>
  )
}
