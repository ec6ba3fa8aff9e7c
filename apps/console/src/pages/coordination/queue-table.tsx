import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { formatDuration } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/language.ts'
import { Badge, Status } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/menu.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { notify } from '../../ui/toasts.tsx'
import { JobsDialog } from './jobs-dialog.tsx'
import { coordinationMessages } from './messages.ts'

type Queue = ResultOf<'coordination.queues'>['queues'][number]

/** Depth, age and failures of each queue, and its pause. */
export function QueueTable({ search }: { readonly search: string }) {
  const t = useMessages(coordinationMessages)
  const language = useLanguage()
  const [opened, setOpened] = useState<string>()
  const query = useOperation('coordination.queues', { query: { limit: 200, ...(search === '' ? {} : { search }) } }, [
    'waypost/queues',
  ])
  const lacks = useLacks('write', '/waypost/queues/')
  const pause = useChange('coordination.pauseQueue', {
    onDone: (_, { params }) => notify(t.pausedNow(params.queue), { onUndo: () => resume.mutate({ params }) }),
  })
  const resume = useChange('coordination.resumeQueue', {
    onDone: (_, { params }) => notify(t.resumedNow(params.queue)),
  })
  const redrive = useChange('coordination.redrive', { onDone: ({ redriven }) => notify(t.redriven(redriven)) })
  const error = pause.error ?? resume.error ?? redrive.error
  const columns: readonly Column<Queue>[] = [
    {
      id: 'name',
      title: t.name,
      width: 'minmax(120px, 2fr)',
      sort: ({ name }) => name,
      cell: ({ name }) => <bdi>{name}</bdi>,
    },
    {
      id: 'state',
      title: t.state,
      width: '110px',
      minTableWidth: 480,
      cell: ({ isPaused }) => <Status tone={isPaused ? 'warn' : 'ok'}>{isPaused ? t.paused : t.running}</Status>,
    },
    {
      id: 'waiting',
      title: t.waiting,
      width: '80px',
      align: 'end',
      sort: ({ waiting }) => waiting,
      cell: ({ waiting }) => waiting.toLocaleString(),
    },
    {
      id: 'active',
      title: t.active,
      width: '90px',
      align: 'end',
      minTableWidth: 560,
      cell: ({ active }) => active.toLocaleString(),
    },
    {
      id: 'delayed',
      title: t.delayed,
      width: '90px',
      align: 'end',
      minTableWidth: 700,
      cell: ({ delayed }) => delayed.toLocaleString(),
    },
    {
      id: 'done',
      title: t.done,
      width: '90px',
      align: 'end',
      minTableWidth: 800,
      cell: ({ completed }) => completed.toLocaleString(),
    },
    {
      id: 'dead',
      title: t.dead,
      width: '80px',
      align: 'end',
      sort: ({ dead }) => dead,
      cell: ({ dead }) => (dead === 0 ? '0' : <Badge tone="bad">{dead}</Badge>),
    },
    {
      id: 'workers',
      title: t.workers,
      width: '90px',
      align: 'end',
      minTableWidth: 620,
      cell: ({ workers }) => workers,
    },
    {
      id: 'age',
      title: t.age,
      width: '110px',
      align: 'end',
      minTableWidth: 900,
      cell: ({ oldestWaitingMs, waiting }) => (waiting === 0 ? '–' : formatDuration(oldestWaitingMs, language)),
    },
    {
      id: 'actions',
      title: '',
      width: '56px',
      align: 'end',
      cell: ({ name, isPaused, dead }) => (
        <Menu
          label={t.actionsOf(name)}
          subject={name}
          button={<Icon name="more" />}
          items={[
            { label: t.jobs, icon: 'info', onSelect: () => setOpened(name) },
            isPaused
              ? { label: t.resume, icon: 'play', lacks, onSelect: () => resume.mutate({ params: { queue: name } }) }
              : { label: t.pause, icon: 'pause', lacks, onSelect: () => pause.mutate({ params: { queue: name } }) },
            ...(dead === 0
              ? []
              : [
                  {
                    label: t.redrive,
                    icon: 'refresh' as const,
                    lacks,
                    onSelect: () => redrive.mutate({ params: { queue: name } }),
                  },
                ]),
          ]}
        />
      ),
    },
  ]
  return (
    <>
      {error !== null && <ErrorPanel error={error} />}
      <QueryView query={query}>
        {({ queues }) => (
          <Panel flush>
            <Table
              label={t.queues}
              rows={queues}
              rowKey={({ name }) => name}
              columns={columns}
              onOpen={({ name }) => setOpened(name)}
              rowTone={({ dead, isPaused }) => (dead > 0 ? 'bad' : isPaused ? 'warn' : undefined)}
              empty={
                <EmptyState
                  icon="coordination"
                  title={t.noQueues}
                  command={`npx waypost queue add mail '{"to":"ada"}'`}
                />
              }
            />
          </Panel>
        )}
      </QueryView>
      {opened !== undefined && <JobsDialog queue={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}
