import { onAbort } from '@waypost/core'
import type { ServiceList, ServiceSummary } from '@waypost/registry'
import type { OutputFormat } from '../../command-line/global-options.ts'
import { serviceJson } from '../../print/service-json.ts'
import { LiveTable } from '../../terminal/live-table.ts'
import { terminal } from '../../terminal/terminal.ts'
import { servicesTable } from './service-tables.ts'

/** Shows the services and every change of their counts until the signal fires. Closes the list. */
export async function watchServices(
  following: ServiceList,
  format: OutputFormat | undefined,
  signal: AbortSignal,
): Promise<void> {
  await using list = following
  onAbort(signal, () => void list.close())
  const changes = list.changes()
  if (format !== 'json' && terminal.isTty) {
    using live = new LiveTable(() => servicesTable(list.services), list)
    for await (const _ of changes) live.changed()
    return
  }
  const print = format === 'json' ? serviceJson : line
  for (const summary of list.services) terminal.write(print(summary))
  for await (const changed of changes) for (const summary of changed) terminal.write(print(summary))
}

function line({ service, instances, up, unreadable }: ServiceSummary): string {
  return `${service}  ${instances} ${instances === 1 ? 'instance' : 'instances'}, ${up} up${unreadable > 0 ? `, ${unreadable} unreadable` : ''}\n`
}
