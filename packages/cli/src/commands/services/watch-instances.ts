import { onAbort } from '@waypost/core'
import type { Instance, RecordProblem, ServiceChanges, ServiceView } from '@waypost/registry'
import type { OutputFormat } from '../../command-line/global-options.ts'
import { instanceJson } from '../../print/service-json.ts'
import { LiveTable } from '../../terminal/live-table.ts'
import { terminal } from '../../terminal/terminal.ts'
import { instancesTable } from './service-tables.ts'

/** Shows the instances of a service and every change until the signal fires. Closes the view. */
export async function watchInstances(
  following: ServiceView,
  format: OutputFormat | undefined,
  signal: AbortSignal,
): Promise<void> {
  await using view = following
  onAbort(signal, () => void view.close())
  const changes = view.changes()
  if (format !== 'json' && terminal.isTty) {
    using live = new LiveTable(() => instancesTable(view.instances), view)
    for await (const _ of changes) live.changed()
    return
  }
  const print = format === 'json' ? instanceJson : line
  for (const instance of view.instances) terminal.write(print(instance, 'added'))
  for (const problem of view.problems) report(problem)
  for await (const change of changes) {
    for (const [event, instance] of eventsOf(change)) terminal.write(print(instance, event))
    for (const problem of change.unreadable) report(problem)
  }
}

function report({ key, message }: RecordProblem): void {
  terminal.writeError(`${key} cannot be read: ${message}\n`)
}

function* eventsOf({ added, changed, removed }: ServiceChanges): Iterable<[string, Instance]> {
  for (const instance of added) yield ['added', instance]
  for (const { current } of changed) yield ['changed', current]
  for (const { instance, reason } of removed) yield [reason, instance]
}

function line({ id, address, status }: Instance, event = ''): string {
  return `${event.padEnd(8)}  ${id}  ${address}  ${status}\n`
}
