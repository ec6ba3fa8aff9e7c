import { Link } from '@tanstack/react-router'
import type { ResultOf } from '../../api/call.ts'
import { useMessages } from '../../i18n/language.ts'
import { Status, type Tone } from '../../ui/badge.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { servicesMessages } from '../services/messages.ts'
import { latencyColumns } from './latency-columns.tsx'
import { gatewayMessages } from './messages.ts'
import { instanceKey, rate } from './route-sums.ts'

type Instance = NonNullable<ResultOf<'gateways.list'>['gateways'][number]['instances']>[number]

/** The instances as the gateways see them: what each gets, and how fast it answers. */
export function CalledInstances({ instances }: { readonly instances: readonly Instance[] }) {
  const t = useMessages(gatewayMessages)
  const s = useMessages(servicesMessages)
  const words: Readonly<Record<string, readonly [string, Tone]>> = {
    up: [s.statusUp, 'ok'],
    starting: [s.statusStarting, 'info'],
    leaving: [s.statusLeaving, 'warn'],
    disabled: [s.statusDisabled, 'bad'],
    suspect: [s.statusSuspect, 'warn'],
  }
  const columns: readonly Column<Instance>[] = [
    {
      id: 'instance',
      title: s.id,
      width: 'minmax(110px, 1.4fr)',
      sort: instanceKey,
      cell: ({ instance, address }) => (
        <span className="foreign" title={address}>
          {instance}
        </span>
      ),
    },
    {
      id: 'service',
      title: s.service,
      width: 'minmax(90px, 1fr)',
      minTableWidth: 480,
      sort: ({ service }) => service,
      cell: ({ service }) => (
        <Link to="/services/$name" params={{ name: service }} className="foreign">
          {service}
        </Link>
      ),
    },
    {
      id: 'status',
      title: s.status,
      width: '104px',
      minTableWidth: 420,
      sort: ({ status }) => status,
      cell: ({ status }) => {
        const [word, tone] = words[status] ?? [status, 'quiet']
        return <Status tone={tone}>{word}</Status>
      },
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
      id: 'failures',
      title: t.failures,
      width: '140px',
      align: 'end',
      minTableWidth: 620,
      sort: ({ failuresPerSecond }) => failuresPerSecond,
      cell: ({ failuresPerSecond }) => rate(failuresPerSecond),
    },
    ...latencyColumns<Instance>({ title: t.slowestAbout, p50: t.p50, p99: t.p99 }),
  ]
  return (
    <Table
      label={t.instances}
      rows={instances}
      rowKey={instanceKey}
      columns={columns}
      rowTone={({ failuresPerSecond, status }) =>
        failuresPerSecond > 0 ? 'bad' : status === 'up' ? undefined : 'warn'
      }
    />
  )
}
