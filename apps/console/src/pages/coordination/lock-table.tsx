import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { LineDialog } from './line-dialog.tsx'
import { coordinationMessages } from './messages.ts'

type Line = ResultOf<'coordination.locks'>['lines'][number]

/** Who holds each lock or leads each election, with the fencing token, and how many wait behind. */
export function LockTable({ search }: { readonly search: string }) {
  const t = useMessages(coordinationMessages)
  const [opened, setOpened] = useState<string>()
  const query = useOperation('coordination.locks', { query: { limit: 500, ...(search === '' ? {} : { search }) } }, [
    'keys',
    'waypost',
  ])
  const columns: readonly Column<Line>[] = [
    {
      id: 'name',
      title: t.name,
      width: 'minmax(140px, 2fr)',
      sort: ({ name }) => name,
      cell: ({ name }) => <bdi className="mono">{name}</bdi>,
    },
    {
      id: 'holder',
      title: t.holder,
      width: 'minmax(120px, 1.6fr)',
      cell: ({ holder }) => <bdi title={holder.key}>{holder.value === '' ? holder.session : holder.value}</bdi>,
    },
    {
      id: 'token',
      title: t.token,
      width: '110px',
      align: 'end',
      minTableWidth: 520,
      cell: ({ holder }) => <code>{holder.token}</code>,
    },
    {
      id: 'waiting',
      title: t.waiting,
      width: '100px',
      align: 'end',
      sort: ({ waiting }) => waiting,
      cell: ({ waiting }) => (waiting === 0 ? '0' : <Badge tone="warn">{waiting}</Badge>),
    },
  ]
  return (
    <>
      <QueryView query={query}>
        {({ lines }) => (
          <Panel flush>
            <Table
              label={t.locks}
              rows={lines}
              rowKey={({ name }) => name}
              columns={columns}
              onOpen={({ name }) => setOpened(name)}
              empty={
                <EmptyState icon="coordination" title={t.noLocks} command="npx waypost lock jobs/nightly -- ./run.sh" />
              }
            />
          </Panel>
        )}
      </QueryView>
      {opened !== undefined && <LineDialog name={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}
