import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Time } from '../../ui/time.tsx'
import { notify } from '../../ui/toasts.tsx'
import { coordinationMessages } from './messages.ts'

type Job = ResultOf<'coordination.jobs'>['jobs'][number]

/** The jobs of a queue by state; failed ones with their reason. */
export function JobsDialog({ queue, onClose }: { readonly queue: string; readonly onClose: () => void }) {
  const t = useMessages(coordinationMessages)
  const [state, setState] = useState<'waiting' | 'active' | 'dead'>('dead')
  const query = useOperation('coordination.jobs', { params: { queue }, query: { state, limit: 200 } }, [
    'waypost/queues',
  ])
  const retry = useChange('coordination.retryJob', { onDone: () => notify(t.retried) })
  const columns: readonly Column<Job>[] = [
    { id: 'id', title: t.job, width: 'minmax(90px, 1fr)', cell: ({ id }) => <bdi className="mono">{id}</bdi> },
    { id: 'added', title: t.added, width: '100px', minTableWidth: 420, cell: ({ addedAt }) => <Time at={addedAt} /> },
    {
      id: 'attempt',
      title: t.attempt,
      width: '80px',
      align: 'end',
      minTableWidth: 480,
      cell: ({ attempt }) => attempt,
    },
    {
      id: 'reason',
      title: t.reason,
      width: 'minmax(120px, 2fr)',
      cell: ({ error, data }) => <bdi title={error}>{error ?? JSON.stringify(data) ?? ''}</bdi>,
    },
    {
      id: 'retry',
      title: '',
      width: '110px',
      align: 'end',
      cell: ({ id, state: jobState }) =>
        jobState === 'dead' && (
          <Button className="small" onClick={() => retry.mutate({ params: { queue, job: id } })}>
            {t.retry}
          </Button>
        ),
    },
  ]
  return (
    <Dialog title={queue} size="large" onClose={onClose}>
      {retry.error !== null && <ErrorPanel error={retry.error} />}
      <Tabs
        label={t.jobs}
        value={state}
        onChange={setState}
        tabs={[
          { id: 'dead', title: t.dead },
          { id: 'active', title: t.active },
          { id: 'waiting', title: t.waiting },
        ]}
      >
        <QueryView query={query}>
          {({ jobs }) => (
            <Table
              label={t.jobs}
              rows={jobs}
              rowKey={({ id }) => id}
              columns={columns}
              empty={<EmptyState title={t.noJobs} />}
            />
          )}
        </QueryView>
      </Tabs>
    </Dialog>
  )
}
