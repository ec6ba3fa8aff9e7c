import type { Column } from '../../ui/table.tsx'
import { milliseconds } from './route-sums.ts'

interface Measured {
  readonly p50Ms?: number
  readonly p99Ms?: number
}

/** Half of the requests and 99 in 100 take no longer than this. */
export function latencyColumns<Row extends Measured>(words: {
  readonly title: string
  readonly p50: string
  readonly p99: string
}): readonly Column<Row>[] {
  return [
    {
      id: 'p50',
      title: words.p50,
      width: '90px',
      align: 'end',
      minTableWidth: 700,
      sort: ({ p50Ms = -1 }) => p50Ms,
      cell: ({ p50Ms }) => <span title={words.title}>{milliseconds(p50Ms)}</span>,
    },
    {
      id: 'p99',
      title: words.p99,
      width: '90px',
      align: 'end',
      minTableWidth: 560,
      sort: ({ p99Ms = -1 }) => p99Ms,
      cell: ({ p99Ms }) => <span title={words.title}>{milliseconds(p99Ms)}</span>,
    },
  ]
}
