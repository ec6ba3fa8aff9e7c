import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useSettled } from '../../app/use-settled.ts'
import { useMessages } from '../../i18n/language.ts'
import { Meter, Status } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { SearchField } from '../../ui/field.tsx'
import { PageHead, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { MapPanel } from './map-panel.tsx'
import { servicesMessages } from './messages.ts'

type Summary = ResultOf<'services.list'>['services'][number]

/** As many as the hub gives at once: the table holds them without effort. */
const limit = 10_000

/** All services: as a list that the hub searches, and as a map of who calls whom. */
export function ServicesPage() {
  const t = useMessages(servicesMessages)
  const navigate = useNavigate()
  const { view = 'list', q = '' } = useSearch({ from: '/services' })
  const [text, setText] = useState(q)
  const search = useSettled(text.trim(), 200)
  const query = useOperation('services.list', { query: { search, limit } }, ['services', 'waypost/services/overrides'])
  return (
    <>
      <PageHead
        title={t.title}
        about={t.about}
        actions={<SearchField label={t.search} value={text} onChange={setText} autoFocus />}
      />
      <Tabs
        label={t.title}
        value={view}
        onChange={(id) => void navigate({ to: '/services', search: { view: id } })}
        tabs={[
          { id: 'list', title: t.list },
          { id: 'map', title: t.map },
        ]}
      >
        <QueryView query={query}>
          {({ services }) =>
            view === 'map' ? (
              <MapPanel services={services} />
            ) : (
              <Panel flush>
                <ServiceTable services={services} search={search} />
              </Panel>
            )
          }
        </QueryView>
      </Tabs>
    </>
  )
}

function ServiceTable({ services, search }: { readonly services: readonly Summary[]; readonly search: string }) {
  const t = useMessages(servicesMessages)
  const navigate = useNavigate()
  const columns: readonly Column<Summary>[] = [
    {
      id: 'name',
      title: t.service,
      width: 'minmax(120px, 2fr)',
      sort: ({ name }) => name,
      cell: ({ name }) => (
        <Link to="/services/$name" params={{ name }} className="foreign">
          {name}
        </Link>
      ),
    },
    {
      id: 'state',
      title: t.state,
      width: 'minmax(110px, 1fr)',
      sort: (row) => row.up / Math.max(1, row.total),
      cell: (row) => <State summary={row} />,
    },
    {
      id: 'up',
      title: t.up,
      width: '90px',
      align: 'end',
      sort: ({ up }) => up,
      cell: ({ up, total }) => `${up.toLocaleString()} / ${total.toLocaleString()}`,
    },
    {
      id: 'bar',
      title: t.instances,
      width: 'minmax(80px, 1fr)',
      minTableWidth: 640,
      cell: (row) => (
        <Meter
          label={t.upOf(row.up, row.total)}
          parts={[
            { value: row.up, tone: 'ok' },
            { value: row.starting, tone: 'info' },
            { value: row.leaving, tone: 'warn' },
            { value: row.disabled, tone: 'bad' },
          ]}
        />
      ),
    },
    {
      id: 'versions',
      title: t.version,
      width: 'minmax(80px, 1fr)',
      minTableWidth: 760,
      cell: ({ versions }) => <span className="foreign">{versions.join(', ') || '–'}</span>,
    },
    {
      id: 'zones',
      title: t.zone,
      width: 'minmax(80px, 1fr)',
      minTableWidth: 900,
      cell: ({ zones }) => <span className="foreign">{zones.join(', ') || '–'}</span>,
    },
  ]
  return (
    <Table
      label={t.title}
      rows={services}
      rowKey={({ name }) => name}
      columns={columns}
      onOpen={({ name }) => void navigate({ to: '/services/$name', params: { name } })}
      rowTone={({ up, total }) => (up === 0 ? 'bad' : up < total ? 'warn' : undefined)}
      empty={
        search === '' ? (
          <EmptyState
            icon="services"
            title={t.empty}
            command="npx waypost register hello --port 3000 -- node server.js"
          >
            {t.emptyAbout}
          </EmptyState>
        ) : (
          <EmptyState icon="search" title={t.notFound(search)} />
        )
      }
    />
  )
}

function State({ summary: { up, total } }: { readonly summary: Summary }) {
  const t = useMessages(servicesMessages)
  if (up === 0) return <Status tone="bad">{t.noneUp}</Status>
  if (up < total) return <Status tone="warn">{t.someDown(total - up)}</Status>
  return <Status tone="ok">{t.allUp}</Status>
}
