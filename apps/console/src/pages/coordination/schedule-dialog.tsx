import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Status, type Tone } from '../../ui/badge.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { coordinationMessages } from './messages.ts'

const tones: Readonly<Record<string, Tone>> = {
  completed: 'ok',
  running: 'info',
  waiting: 'quiet',
  failed: 'bad',
  missed: 'bad',
}

/** The next runs of a schedule, and how the last went. */
export function ScheduleDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const t = useMessages(coordinationMessages)
  const query = useOperation('coordination.schedule', { params: { schedule: name }, query: { limit: 100 } }, [
    'waypost/schedules',
  ])
  return (
    <Dialog title={name} size="large" onClose={onClose}>
      <QueryView query={query}>
        {({ next, history }) => (
          <div className="stack">
            <div>
              <h3>{t.nextRuns}</h3>
              <ul className="row wrap">
                {next.map((at) => (
                  <li key={at}>
                    <Time at={at} />
                  </li>
                ))}
              </ul>
            </div>
            <h3>{t.history}</h3>
            <Table
              label={t.history}
              rows={history}
              rowKey={({ id }) => id}
              empty={<EmptyState title={t.noHistory} />}
              columns={[
                { id: 'planned', title: t.planned, width: '120px', cell: ({ plannedAt }) => <Time at={plannedAt} /> },
                {
                  id: 'state',
                  title: t.state,
                  width: '120px',
                  cell: ({ state }) => <Status tone={tones[state] ?? 'warn'}>{state}</Status>,
                },
                { id: 'by', title: t.by, minTableWidth: 480, cell: ({ by }) => <bdi>{by}</bdi> },
                {
                  id: 'reason',
                  title: t.reason,
                  width: 'minmax(120px, 2fr)',
                  cell: ({ error }) => <bdi title={error}>{error ?? ''}</bdi>,
                },
              ]}
            />
          </div>
        )}
      </QueryView>
    </Dialog>
  )
}
