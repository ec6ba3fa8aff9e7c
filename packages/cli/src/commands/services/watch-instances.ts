import { onAbort } from '@waypost/core'
import type { Instance, RecordProblem, ServiceChanges, ServiceView } from '@waypost/registry'
import { type FormatOption, listOutput } from '../../print/output.ts'
import { LiveTable } from '../../terminal/live-table.ts'
import { terminal } from '../../terminal/terminal.ts'
/** Shows the instances of a service and every change until the signal fires. Closes the view. */
import { problemLine } from './problem-line.ts'
import { instancesTable } from './service-tables.ts'

export async function watchInstances(
  following: ServiceView,
  options: FormatOption,
  signal: AbortSignal,
): Promise<void> {
  await using view = following
  onAbort(signal, () => void view.close())
  const changes = view.changes()
  if (terminal.isTty && listOutput.choose(options, { simple: true, table: true, json: false })) {
    using live = new LiveTable(() => instancesTable(view.instances), view)
    for await (const _ of changes) live.changed()
    return
  }
  const print = (instance: Instance, event: string): Promise<void> => {
    const text = (): string => line(instance, event)
    return listOutput.print(options, { simple: text, table: text, json: () => ({ event, ...instance }) })
  }
  for (const instance of view.instances) await print(instance, 'added')
  for (const problem of view.problems) report(problem)
  for await (const change of changes) {
    for (const [event, instance] of eventsOf(change)) await print(instance, event)
    for (const problem of change.unreadable) report(problem)
  }
}

function report(problem: RecordProblem): void {
  terminal.writeError(problemLine(problem))
}

function* eventsOf({ added, changed, removed }: ServiceChanges): Iterable<[string, Instance]> {
  for (const instance of added) yield ['added', instance]
  for (const { current } of changed) yield ['changed', current]
  for (const { instance, reason } of removed) yield [reason, instance]
}

function line({ id, address, status }: Instance, event: string): string {
  return `${event.padEnd(8)}  ${id}  ${address}  ${status}\n`
}
