import { useState } from 'react'
import { useOperation } from '../../api/use-operation.ts'
import { formatAbsolute } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/language.ts'
import { useNow } from '../../i18n/now.ts'
import { type Event, EventSentence, KindBadge, toneOf } from '../../timeline/event.tsx'
import { Status } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import './history-panel.css'
import { statusTones } from './instance-table.tsx'
import { type Lane, lanesOf } from './lanes.ts'
import { servicesMessages } from './messages.ts'

const pageSize = 200
const maxEvents = 1_000
/** More instances than these are only listed. */
const maxLanes = 40

/** The ups and downs of a service, drawn and listed. */
export function HistoryPanel({ service }: { readonly service: string }) {
  const t = useMessages(servicesMessages)
  const [limit, setLimit] = useState(pageSize)
  const query = useOperation('timeline.list', { query: { service, limit } }, ['waypost/timeline'])
  const columns: readonly Column<Event>[] = [
    { id: 'at', title: t.when, width: '120px', cell: ({ at }) => <Time at={at} /> },
    { id: 'kind', title: t.kind, width: '120px', minTableWidth: 560, cell: (event) => <KindBadge event={event} /> },
    {
      id: 'what',
      title: t.what,
      width: 'minmax(160px, 3fr)',
      cell: (event) => <EventSentence event={event} isLinked={false} />,
    },
    { id: 'by', title: t.by, minTableWidth: 700, cell: ({ by }) => <span className="foreign">{by ?? ''}</span> },
  ]
  return (
    <QueryView query={query}>
      {({ events, next }) =>
        events.length === 0 ? (
          <Panel flush>
            <EmptyState icon="timeline" title={t.noHistory} />
          </Panel>
        ) : (
          <>
            <Lanes events={events} />
            <Panel flush>
              <Table
                label={t.tabHistory}
                rows={events}
                rowKey={({ id }) => id}
                columns={columns}
                rowTone={(event) => (toneOf(event) === 'bad' ? 'bad' : undefined)}
              />
              {next !== undefined && limit < maxEvents && (
                <div className="panel-foot">
                  <Button onClick={() => setLimit(Math.min(maxEvents, limit + pageSize))}>{t.earlier}</Button>
                </div>
              )}
            </Panel>
          </>
        )
      }
    </QueryView>
  )
}

/** One line for each instance: where it is coloured, it was there. */
function Lanes({ events }: { readonly events: readonly Event[] }) {
  const t = useMessages(servicesMessages)
  const language = useLanguage()
  const nowMs = useNow()
  const { fromMs, lanes } = lanesOf(events, nowMs)
  if (lanes.length === 0 || lanes.length > maxLanes) return null
  const words = { up: t.statusUp, starting: t.statusStarting, leaving: t.statusLeaving, disabled: t.statusDisabled }
  return (
    <Panel
      title={t.upsAndDowns}
      actions={Object.entries(words).map(([state, word]) => (
        <span key={state} className="small">
          <Status tone={statusTones[state as keyof typeof words]}>{word}</Status>
        </span>
      ))}
    >
      <div className="lanes">
        {lanes.map((lane) => (
          <LaneRow key={lane.instance} lane={lane} fromMs={fromMs} toMs={nowMs} />
        ))}
        <span />
        <span className="row between faint small">
          <span>{formatAbsolute(fromMs, language)}</span>
          <span>{t.now}</span>
        </span>
      </div>
    </Panel>
  )
}

function LaneRow({ lane, fromMs, toMs }: { readonly lane: Lane; readonly fromMs: number; readonly toMs: number }) {
  const t = useMessages(servicesMessages)
  const language = useLanguage()
  const words = {
    up: t.statusUp,
    starting: t.statusStarting,
    leaving: t.statusLeaving,
    disabled: t.statusDisabled,
    gone: t.statusGone,
  }
  const momentOf = (part: number): string => formatAbsolute(fromMs + part * (toMs - fromMs), language)
  const isThere = lane.stretches.at(-1)?.to === 1
  return (
    <>
      <bdi className="truncate small" title={lane.instance}>
        {lane.instance}
      </bdi>
      <div
        className="lane"
        role="img"
        aria-label={`${lane.instance}: ${isThere ? words[lane.stretches.at(-1)?.state ?? 'gone'] : words.gone}`}
      >
        {lane.stretches.map(({ state, from, to }) => (
          <span
            key={from}
            className={state}
            style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
            title={`${words[state]}: ${momentOf(from)} – ${to === 1 ? t.now : momentOf(to)}`}
          />
        ))}
      </div>
    </>
  )
}
