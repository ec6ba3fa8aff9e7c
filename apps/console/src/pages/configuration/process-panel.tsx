import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge, Meter, Status, type Tone } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { configurationMessages } from './messages.ts'

type Process = ResultOf<'config.status'>['processes'][number]

const tones: Readonly<Record<Process['state'], Tone>> = { applied: 'ok', rejected: 'bad', pending: 'info' }

/** Which live process runs which release, and why one does not. */
export function ProcessPanel({ path }: { readonly path: string }) {
  const t = useMessages(configurationMessages)
  const query = useProcesses(path)
  return (
    <QueryView query={query}>
      {({ counts: { applied, rejected, pending }, processes }) => (
        <Panel flush title={t.counts(applied, rejected, pending)}>
          <Meter
            label={t.counts(applied, rejected, pending)}
            parts={[
              { value: applied, tone: 'ok' },
              { value: rejected, tone: 'bad' },
              { value: pending, tone: 'info' },
            ]}
          />
          <ProcessTable processes={processes} />
        </Panel>
      )}
    </QueryView>
  )
}

export function useProcesses(path: string) {
  return useOperation('config.status', { params: { path } }, [`config/${path}`, 'waypost/config'])
}

/** Processes with what each runs, and why one rejects what it should. */
export function ProcessTable({
  processes,
  maxHeight,
}: {
  readonly processes: readonly Process[]
  readonly maxHeight?: string
}) {
  const t = useMessages(configurationMessages)
  const words = { applied: t.stateApplied, rejected: t.stateRejected, pending: t.statePending }
  const columns: readonly Column<Process>[] = [
    {
      id: 'app',
      title: t.app,
      sort: ({ app }) => app,
      cell: ({ app, profile }) => (
        <span className="row tight foreign">
          {app}
          {profile !== undefined && <Badge>{profile}</Badge>}
        </span>
      ),
    },
    { id: 'instance', title: t.instance, cell: ({ instance }) => <span className="foreign">{instance}</span> },
    {
      id: 'state',
      title: t.state,
      width: '110px',
      sort: ({ state }) => state,
      cell: ({ state }) => <Status tone={tones[state]}>{words[state]}</Status>,
    },
    {
      id: 'release',
      title: t.release,
      width: '80px',
      align: 'end',
      minTableWidth: 420,
      cell: (row) => row.release ?? '–',
    },
    {
      id: 'canary',
      title: t.tabCanaries,
      minTableWidth: 720,
      cell: ({ canary }) => (canary === undefined ? '–' : <Badge tone="info">{canary}</Badge>),
    },
    {
      id: 'reason',
      title: t.reason,
      width: 'minmax(120px, 2fr)',
      minTableWidth: 620,
      cell: ({ reason }) => <span className="foreign">{reason ?? ''}</span>,
    },
    { id: 'at', title: t.at, width: '110px', minTableWidth: 820, cell: ({ at }) => <Time at={at} /> },
  ]
  return (
    <Table
      label={t.tabProcesses}
      rows={processes}
      rowKey={({ process }) => process}
      columns={columns}
      rowTone={({ state }) => (state === 'rejected' ? 'bad' : undefined)}
      {...(maxHeight === undefined ? {} : { maxHeight })}
      empty={
        <EmptyState icon="services" title={t.processesEmpty}>
          {t.processesEmptyAbout}
        </EmptyState>
      }
    />
  )
}
