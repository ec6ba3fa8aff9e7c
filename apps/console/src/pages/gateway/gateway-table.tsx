import { useMessages } from '../../i18n/language.ts'
import { Status, type Tone } from '../../ui/badge.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { gatewayMessages } from './messages.ts'
import { type Gateway, rate } from './route-sums.ts'
import { totalsOf } from './use-traffic.ts'

/** Each gateway with the routes that it has. */
export function GatewayTable({ gateways }: { readonly gateways: readonly Gateway[] }) {
  const t = useMessages(gatewayMessages)
  const columns: readonly Column<Gateway>[] = [
    {
      id: 'instance',
      title: t.gateway,
      width: 'minmax(110px, 1.3fr)',
      sort: ({ instance }) => instance,
      cell: ({ instance, process }) => (
        <span className="foreign" title={process}>
          {instance}
        </span>
      ),
    },
    { id: 'state', title: t.state, width: '140px', cell: (gateway) => <State gateway={gateway} /> },
    {
      id: 'document',
      title: t.document,
      width: 'minmax(110px, 1fr)',
      minTableWidth: 560,
      cell: ({ document: { path, release, revision } }) => (
        <span title={path}>{release === undefined ? t.revision(revision) : t.release(release)}</span>
      ),
    },
    {
      id: 'requests',
      title: t.requests,
      width: '140px',
      align: 'end',
      minTableWidth: 480,
      sort: (gateway) => totalsOf([gateway]).requests,
      cell: (gateway) => rate(totalsOf([gateway]).requests),
    },
    {
      id: 'inFlight',
      title: t.inFlight,
      width: '90px',
      align: 'end',
      minTableWidth: 660,
      cell: ({ inFlight }) => inFlight.toLocaleString('en'),
    },
    {
      id: 'connections',
      title: t.connections,
      width: '100px',
      align: 'end',
      minTableWidth: 760,
      cell: ({ connections }) => connections.toLocaleString('en'),
    },
    {
      id: 'host',
      title: t.host,
      width: 'minmax(90px, 1fr)',
      minTableWidth: 860,
      cell: ({ host, zone }) => <span className="foreign">{zone === undefined ? host : `${host} (${zone})`}</span>,
    },
    {
      id: 'started',
      title: t.started,
      width: '110px',
      minTableWidth: 960,
      cell: ({ startedAt }) => <Time at={startedAt} />,
    },
    { id: 'said', title: t.said, width: '110px', minTableWidth: 1060, cell: ({ at }) => <Time at={at} /> },
  ]
  return (
    <Table
      label={t.gateways}
      rows={gateways}
      rowKey={({ process }) => process}
      columns={columns}
      rowTone={(gateway) => (toneOf(gateway) === 'ok' ? undefined : 'warn')}
    />
  )
}

function State({ gateway }: { readonly gateway: Gateway }) {
  const t = useMessages(gatewayMessages)
  const { problems, staleSince } = gateway.document
  const word = problems.length > 0 ? t.refused : staleSince === undefined ? t.inForce : t.stale
  return (
    <span title={problems.join('\n')}>
      <Status tone={toneOf(gateway)}>{word}</Status>
    </span>
  )
}

function toneOf({ document: { problems, staleSince } }: Gateway): Tone {
  return problems.length > 0 ? 'bad' : staleSince === undefined ? 'ok' : 'warn'
}
