import { Link } from '@tanstack/react-router'
import { useMessages } from '../../i18n/language.ts'
import { Badge, Meter } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { latencyColumns } from './latency-columns.tsx'
import { gatewayMessages } from './messages.ts'
import { type RouteSum, rate } from './route-sums.ts'

/** The routes with what they carry; one that answers with errors stands out. */
export function RouteTable({ routes, total }: { readonly routes: readonly RouteSum[]; readonly total: number }) {
  const t = useMessages(gatewayMessages)
  const columns: readonly Column<RouteSum>[] = [
    {
      id: 'name',
      title: t.route,
      width: 'minmax(110px, 1.4fr)',
      sort: ({ name }) => name,
      cell: ({ name }) => (
        <span className="foreign" title={name}>
          {name}
        </span>
      ),
    },
    {
      id: 'kind',
      title: t.kind,
      width: '120px',
      minTableWidth: 760,
      cell: ({ kind }) => (kind === 'proxy' ? t.proxy : kind === 'answer' ? t.answer : kind),
    },
    {
      id: 'services',
      title: t.services,
      width: 'minmax(90px, 1.2fr)',
      minTableWidth: 520,
      cell: ({ services }) => (
        <span className="row">
          {services.map((name) => (
            <Link key={name} to="/services/$name" params={{ name }} className="foreign">
              {name}
            </Link>
          ))}
        </span>
      ),
    },
    {
      id: 'policies',
      title: t.policies,
      width: 'minmax(90px, 1fr)',
      minTableWidth: 900,
      cell: ({ policies }) => (
        <span className="row">
          {policies.map((name) => (
            <Badge key={name}>
              <bdi>{name}</bdi>
            </Badge>
          ))}
        </span>
      ),
    },
    {
      id: 'requests',
      title: t.requests,
      width: '140px',
      align: 'end',
      sort: ({ requestsPerSecond }) => requestsPerSecond,
      cell: ({ requestsPerSecond }) => rate(requestsPerSecond),
    },
    {
      id: 'errors',
      title: t.errors,
      width: '130px',
      align: 'end',
      minTableWidth: 460,
      sort: ({ errorsPerSecond }) => errorsPerSecond,
      cell: ({ errorsPerSecond }) => rate(errorsPerSecond),
    },
    ...latencyColumns<RouteSum>({ title: t.slowestAbout, p50: t.p50, p99: t.p99 }),
    {
      id: 'share',
      title: t.share,
      width: 'minmax(80px, 0.8fr)',
      minTableWidth: 640,
      cell: ({ requestsPerSecond, errorsPerSecond }) => {
        const percent = total === 0 ? 0 : Math.round((100 * requestsPerSecond) / total)
        return (
          <Meter
            label={`${percent} %`}
            parts={[
              { value: errorsPerSecond, tone: 'bad' },
              { value: Math.max(0, requestsPerSecond - errorsPerSecond), tone: 'info' },
              { value: Math.max(0, total - requestsPerSecond), tone: 'none' },
            ]}
          />
        )
      },
    },
  ]
  return (
    <Table
      label={t.routes}
      rows={routes}
      rowKey={({ name }) => name}
      columns={columns}
      rowTone={({ errorsPerSecond }) => (errorsPerSecond > 0 ? 'bad' : undefined)}
      empty={
        <EmptyState
          icon="gateway"
          title={t.noRoutes}
          command="npx waypost config publish gateway/routes.yaml routes.yaml"
        >
          {t.noRoutesAbout}
        </EmptyState>
      }
    />
  )
}
