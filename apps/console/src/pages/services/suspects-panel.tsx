import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Status } from '../../ui/badge.tsx'
import { Panel } from '../../ui/panel.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { servicesMessages } from './messages.ts'

/** What consumers hold ends without a change of keys. */
const againMs = 10_000

/** Instances that were lost together, and that consumers still call. Nothing where there are none, or nobody can tell. */
export function SuspectsPanel({ service }: { readonly service: string }) {
  const t = useMessages(servicesMessages)
  const { data } = useOperation(
    'services.suspects',
    { params: { name: service } },
    [`services/${service}`, 'waypost/timeline'],
    { everyMs: againMs },
  )
  const suspects = data?.suspects ?? []
  if (suspects.length === 0) return null
  const columns: readonly Column<(typeof suspects)[number]>[] = [
    { id: 'id', title: t.id, width: 'minmax(110px, 1.6fr)', cell: ({ id }) => <span className="foreign">{id}</span> },
    { id: 'status', title: t.status, width: '104px', cell: () => <Status tone="warn">{t.statusSuspect}</Status> },
    {
      id: 'address',
      title: t.address,
      width: 'minmax(130px, 1fr)',
      minTableWidth: 480,
      cell: ({ address }) => <code>{address}</code>,
    },
    { id: 'since', title: t.lostAt, width: '110px', cell: ({ since }) => <Time at={since} /> },
    { id: 'until', title: t.heldUntil, width: '130px', minTableWidth: 560, cell: ({ until }) => <Time at={until} /> },
  ]
  return (
    <Panel title={t.suspects(suspects.length)} flush>
      <p className="muted panel-note">{t.suspectsAbout}</p>
      <Table label={t.suspects(suspects.length)} rows={suspects} rowKey={({ id }) => id} columns={columns} />
    </Panel>
  )
}
