import type { Instance, ListedOverride, Subscriber } from '@waypost/registry'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'

export interface ServiceDescription {
  readonly instances: readonly Instance[]
  readonly overrides: readonly ListedOverride[]
  readonly subscribers: readonly Subscriber[]
}

/** Up to three tables: the instances with what their records say, what operators say, and who follows. */
export function serviceDescription({ instances, overrides, subscribers }: ServiceDescription): string {
  const parts = [
    instances.length === 0 ? 'No instances.\n' : instancesTable(instances),
    ...(overrides.length === 0 ? [] : [overridesTable(overrides)]),
    subscribers.length === 0 ? 'Nobody follows the service.\n' : subscribersTable(subscribers),
  ]
  return parts.join('\n')
}

function instancesTable(instances: readonly Instance[]): string {
  const rows = instances.map(({ id, address, status, weight, process, override }) => {
    const registered = override?.registered ?? { status, weight }
    return [id, address, status, registered.status, String(weight), String(registered.weight), process ?? '']
  })
  return table(['ID', 'ADDRESS', 'STATUS', 'OWN STATUS', 'WEIGHT', 'OWN WEIGHT', 'PROCESS'], rows, terminal.tableStyle)
}

function overridesTable(overrides: readonly ListedOverride[]): string {
  const rows = overrides.map(({ id, override, problem, isRegistered }) => [
    id,
    problem === undefined ? said(override) : 'cannot be read',
    isRegistered ? 'yes' : 'no',
    override?.by ?? '',
    override?.reason ?? problem ?? '',
    override?.at ?? '',
  ])
  return table(['OVERRIDE OF', 'SAYS', 'REGISTERED', 'BY', 'REASON', 'AT'], rows, terminal.tableStyle)
}

function said(override: ListedOverride['override']): string {
  const weight = override?.weight === undefined ? undefined : `weight ${override.weight}`
  return [override?.status, weight].filter((part) => part !== undefined).join(', ')
}

function subscribersTable(subscribers: readonly Subscriber[]): string {
  const rows = subscribers.map(({ process, instance, app, pid, host, since }) => [
    process,
    instance ?? '',
    app ?? '',
    String(pid ?? ''),
    host ?? '',
    since ?? '',
  ])
  return table(['FOLLOWED BY', 'INSTANCE', 'APP', 'PID', 'HOST', 'SINCE'], rows, terminal.tableStyle)
}
