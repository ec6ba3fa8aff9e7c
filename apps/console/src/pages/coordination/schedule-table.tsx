import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { formatDuration } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/language.ts'
import { Status } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/menu.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { notify } from '../../ui/toasts.tsx'
import { coordinationMessages } from './messages.ts'
import { ScheduleDialog } from './schedule-dialog.tsx'

type Schedule = ResultOf<'coordination.schedules'>['schedules'][number]

/** What runs when, and what ran. */
export function ScheduleTable({ search }: { readonly search: string }) {
  const t = useMessages(coordinationMessages)
  const language = useLanguage()
  const [opened, setOpened] = useState<string>()
  const query = useOperation(
    'coordination.schedules',
    { query: { limit: 500, ...(search === '' ? {} : { search }) } },
    ['waypost/schedules'],
  )
  const lacks = useLacks('write', '/waypost/schedules/')
  const trigger = useChange('coordination.trigger', { onDone: (_, { params }) => notify(t.triggered(params.schedule)) })
  const pause = useChange('coordination.pauseSchedule', {
    onDone: (_, { params }) =>
      notify(t.pausedNow(params.schedule), { onUndo: () => resume.mutate({ params, query: {} }) }),
  })
  const resume = useChange('coordination.resumeSchedule', {
    onDone: (_, { params }) => notify(t.resumedNow(params.schedule)),
  })
  const error = trigger.error ?? pause.error ?? resume.error
  const ruleOf = ({ cron, timeZone, everyMs, at }: Schedule): string => {
    if (cron !== undefined) return `${cron} ${timeZone ?? ''}`
    return everyMs === undefined ? (at ?? '') : t.every(formatDuration(everyMs, language))
  }
  const columns: readonly Column<Schedule>[] = [
    {
      id: 'name',
      title: t.name,
      width: 'minmax(100px, 1.6fr)',
      sort: ({ name }) => name,
      cell: ({ name }) => <bdi>{name}</bdi>,
    },
    {
      id: 'state',
      title: t.state,
      width: '96px',
      cell: ({ paused, pauseReason }) => (
        <span title={pauseReason}>
          <Status tone={paused ? 'warn' : 'ok'}>{paused ? t.paused : t.running}</Status>
        </span>
      ),
    },
    {
      id: 'rule',
      title: t.rule,
      width: 'minmax(120px, 1.6fr)',
      minTableWidth: 520,
      cell: (schedule) => <bdi className="mono">{ruleOf(schedule)}</bdi>,
    },
    {
      id: 'next',
      title: t.next,
      width: '108px',
      sort: ({ nextAt = '' }) => nextAt,
      cell: ({ nextAt }) => <Time at={nextAt} />,
    },
    {
      id: 'overlap',
      title: t.overlap,
      width: '120px',
      minTableWidth: 760,
      cell: ({ overlap }) => <code>{overlap}</code>,
    },
    {
      id: 'actions',
      title: '',
      width: '56px',
      align: 'end',
      cell: ({ name, paused }) => (
        <Menu
          label={t.actionsOf(name)}
          subject={name}
          button={<Icon name="more" />}
          items={[
            { label: t.history, icon: 'timeline', onSelect: () => setOpened(name) },
            {
              label: t.trigger,
              icon: 'play',
              lacks,
              onSelect: () => trigger.mutate({ params: { schedule: name }, query: {}, body: {} }),
            },
            paused
              ? {
                  label: t.resume,
                  icon: 'play',
                  lacks,
                  onSelect: () => resume.mutate({ params: { schedule: name }, query: {} }),
                }
              : {
                  label: t.pause,
                  icon: 'pause',
                  lacks,
                  onSelect: () => pause.mutate({ params: { schedule: name }, query: {}, body: {} }),
                },
          ]}
        />
      ),
    },
  ]
  return (
    <>
      {error !== null && <ErrorPanel error={error} />}
      <QueryView query={query}>
        {({ schedules, leader }) => (
          <Panel
            flush
            {...(leader === undefined ? {} : { title: <span className="muted small">{t.leader(leader)}</span> })}
          >
            <Table
              label={t.schedules}
              rows={schedules}
              rowKey={({ name }) => name}
              columns={columns}
              onOpen={({ name }) => setOpened(name)}
              empty={
                <EmptyState
                  icon="timeline"
                  title={t.noSchedules}
                  command="npx waypost schedule put nightly --cron '0 3 * * *' --queue reports"
                />
              }
            />
          </Panel>
        )}
      </QueryView>
      {opened !== undefined && <ScheduleDialog name={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}
