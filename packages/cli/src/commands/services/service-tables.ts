import type { Instance, ServiceSummary } from '@waypost/registry'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'

export function servicesTable(services: readonly ServiceSummary[]): string {
  if (services.length === 0) return 'No services.\n'
  const unreadable = services.some((summary) => summary.unreadable > 0)
  const rows = services.map((summary) => [
    summary.service,
    String(summary.instances),
    String(summary.up),
    ...(unreadable ? [String(summary.unreadable)] : []),
  ])
  const heading = ['SERVICE', 'INSTANCES', 'UP', ...(unreadable ? ['UNREADABLE'] : [])]
  return table(heading, rows, terminal.tableStyle)
}

/** Columns that no instance fills are left out. */
export function instancesTable(instances: readonly Instance[]): string {
  if (instances.length === 0) return 'No instances.\n'
  const columns: readonly (readonly [string, (instance: Instance) => string])[] = [
    ['ID', ({ id }) => id],
    ['ADDRESS', ({ address, scheme }) => (scheme === undefined ? address : `${scheme}://${address}`)],
    ['STATUS', ({ status }) => coloured(status)],
    ['VERSION', ({ version }) => version ?? ''],
    ['ZONE', ({ zone }) => zone ?? ''],
    ['WEIGHT', ({ weight }) => (weight === 1 ? '' : String(weight))],
    ['TAGS', ({ tags }) => tags.join(',')],
    ['REGISTERED', ({ registeredAt }) => registeredAt ?? ''],
  ]
  const filled = columns.filter(([, cell]) => instances.some((instance) => cell(instance) !== ''))
  const rows = instances.map((instance) => filled.map(([, cell]) => cell(instance)))
  return table(
    filled.map(([title]) => title),
    rows,
    terminal.tableStyle,
  )
}

function coloured(status: Instance['status']): string {
  const { green, yellow, red, dim } = terminal.colors
  if (status === 'up') return green(status)
  if (status === 'disabled') return red(status)
  return status === 'starting' ? yellow(status) : dim(status)
}
