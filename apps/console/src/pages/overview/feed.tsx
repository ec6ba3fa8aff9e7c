import { Link } from '@tanstack/react-router'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
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
            {events.map(({ id, at, kind, service, instance, path, name, by }) => (
              <li key={id}>
                <Link to="/timeline">
                  <span className="row wrap">
                    <Badge>{kind}</Badge>
                    <bdi>{path ?? [service, instance].filter(Boolean).join(' / ')}</bdi>
                    {name !== undefined && <bdi>{name}</bdi>}
                  </span>
                  <span className="muted small">
                    {by !== undefined && <bdi>{by} · </bdi>}
                    <Time at={at} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          {events.length === 0 && <p className="muted panel-note">{t.noEvents}</p>}
        </>
      )}
    </QueryView>
  )
}
