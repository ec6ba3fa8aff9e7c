import { useState } from 'react'
import { useOperation } from '../../api/use-operation.ts'
import { useSettled } from '../../app/use-settled.ts'
import { useMessages } from '../../i18n/language.ts'
import { type Event, EventSentence, KindBadge, toneOf } from '../../timeline/event.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Select, TextField } from '../../ui/field.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { timelineMessages } from './messages.ts'

const pageSize = 200
const maxEvents = 1_000

/** The newest first, live. */
export function EventsPanel() {
  const t = useMessages(timelineMessages)
  const [kind, setKind] = useState('')
  const [service, setService] = useState('')
  const [path, setPath] = useState('')
  const [limit, setLimit] = useState(pageSize)
  const about = useSettled({ service: service.trim(), path: path.trim() }, 300)
  const query = useOperation(
    'timeline.list',
    {
      query: {
        limit,
        ...(kind === '' ? {} : { kind }),
        ...(about.service === '' ? {} : { service: about.service }),
        ...(about.path === '' ? {} : { path: about.path }),
      },
    },
    ['waypost/timeline'],
  )
  const columns: readonly Column<Event>[] = [
    { id: 'at', title: t.when, width: '120px', cell: ({ at }) => <Time at={at} /> },
    {
      id: 'kind',
      title: t.kind,
      width: '120px',
      minTableWidth: 560,
      cell: (event) => <KindBadge event={event} />,
    },
    {
      id: 'what',
      title: t.what,
      width: 'minmax(160px, 3fr)',
      cell: (event) => (
        <span className="row">
          <span className="truncate">
            <EventSentence event={event} />
          </span>
          {event.late && <Badge>{t.late}</Badge>}
          {event.inferred && <Badge>{t.inferred}</Badge>}
        </span>
      ),
    },
    { id: 'by', title: t.by, minTableWidth: 700, cell: ({ by }) => <span className="foreign">{by ?? ''}</span> },
    {
      id: 'comment',
      title: t.comment,
      width: 'minmax(100px, 1.4fr)',
      minTableWidth: 860,
      cell: ({ comment, reason }) => <span className="foreign">{comment ?? reason ?? ''}</span>,
    },
    {
      id: 'revision',
      title: t.revision,
      width: '100px',
      align: 'end',
      minTableWidth: 960,
      cell: ({ revision }) => <code>{revision}</code>,
    },
  ]
  return (
    <div className="stack">
      <div className="fields">
        <Select
          label={t.kind}
          value={kind}
          onChange={setKind}
          options={[
            ['', t.kindAll],
            ['instance.*', t.kindInstances],
            ['release.*', t.kindReleases],
            ['canary.*', t.kindCanaries],
            ['override.*', t.kindOverrides],
            ['leader.*', t.kindLeaders],
            ['timeline.*', t.kindGaps],
          ]}
        />
        <TextField label={t.service} hint={t.serviceHint} value={service} onChange={setService} />
        <TextField label={t.path} hint={t.pathHint} value={path} onChange={setPath} />
      </div>
      <QueryView query={query}>
        {({ events, next }) => (
          <Panel flush>
            <Table
              label={t.viewEvents}
              rows={events}
              rowKey={({ id }) => id}
              columns={columns}
              rowTone={(event) => (toneOf(event) === 'bad' ? 'bad' : undefined)}
              empty={
                <EmptyState icon="timeline" title={t.empty}>
                  {t.emptyAbout}
                </EmptyState>
              }
            />
            {next !== undefined && limit < maxEvents && (
              <div className="panel-foot">
                <Button onClick={() => setLimit(Math.min(maxEvents, limit + pageSize))}>{t.more}</Button>
              </div>
            )}
          </Panel>
        )}
      </QueryView>
    </div>
  )
}
