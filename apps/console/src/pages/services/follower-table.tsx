import type { ResultOf } from '../../api/call.ts'
import { useMessages } from '../../i18n/language.ts'
import { EmptyState } from '../../ui/empty.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { servicesMessages } from './messages.ts'

type Follower = ResultOf<'services.followers'>['followers'][number]

/** The processes that follow a service, and how far each has seen its changes. */
export function FollowerTable({ followers }: { readonly followers: readonly Follower[] }) {
  const t = useMessages(servicesMessages)
  const columns: readonly Column<Follower>[] = [
    {
      id: 'app',
      title: t.app,
      sort: ({ app = '' }) => app,
      cell: ({ app }) => <span className="foreign">{app ?? '–'}</span>,
    },
    {
      id: 'process',
      title: t.process,
      width: 'minmax(120px, 1.6fr)',
      sort: ({ process }) => process,
      cell: ({ process }) => <span className="foreign">{process}</span>,
    },
    {
      id: 'host',
      title: t.host,
      minTableWidth: 620,
      sort: ({ host = '' }) => host,
      cell: ({ host }) => <span className="foreign">{host ?? '–'}</span>,
    },
    { id: 'since', title: t.since, width: '110px', minTableWidth: 480, cell: ({ since }) => <Time at={since} /> },
    {
      id: 'seen',
      title: t.lag,
      width: '120px',
      align: 'end',
      minTableWidth: 760,
      cell: ({ seenInstances }) => <code>{seenInstances}</code>,
    },
  ]
  return (
    <Table
      label={t.tabFollowers}
      rows={followers}
      rowKey={({ process }) => process}
      columns={columns}
      empty={
        <EmptyState icon="services" title={t.noFollowers}>
          {t.noFollowersAbout}
        </EmptyState>
      }
    />
  )
}
