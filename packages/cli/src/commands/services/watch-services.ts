import { onAbort } from '@waypost/core'
import type { ServiceList, ServiceSummary } from '@waypost/registry'
import { type FormatOption, listOutput } from '../../print/output.ts'
import { LiveTable } from '../../terminal/live-table.ts'
import { terminal } from '../../terminal/terminal.ts'
import { serviceFacts } from './service-facts.ts'
import { servicesTable } from './service-tables.ts'

/** Shows the services and every change of their counts until the signal fires. Closes the list. */
export async function watchServices(following: ServiceList, options: FormatOption, signal: AbortSignal): Promise<void> {
  await using list = following
  onAbort(signal, () => void list.close())
  const changes = list.changes()
  if (terminal.isTty && listOutput.choose(options, { simple: true, table: true, json: false })) {
    using live = new LiveTable(() => servicesTable(list.services), list)
    for await (const _ of changes) live.changed()
    return
  }
  const print = (summary: ServiceSummary): Promise<void> => {
    const text = (): string => line(summary)
    return listOutput.print(options, { simple: text, table: text, json: () => serviceFacts(summary) })
  }
  for (const summary of list.services) await print(summary)
  for await (const changed of changes) for (const summary of changed) await print(summary)
}

function line({ service, instances, up, unreadable }: ServiceSummary): string {
  return `${service}  ${instances} ${instances === 1 ? 'instance' : 'instances'}, ${up} up${unreadable > 0 ? `, ${unreadable} unreadable` : ''}\n`
}
