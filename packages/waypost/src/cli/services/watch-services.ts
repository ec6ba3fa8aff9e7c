import type { EtcdClient } from '@waypost/client'
import { onAbort } from '@waypost/core'
import { type ServiceSummary, servicesPrefix } from '@waypost/registry'
import type { OutputFormat } from '../global-options.ts'
import { LiveTable } from '../live-table.ts'
import { serviceJson } from '../output/service-json.ts'
import { servicesTable } from '../output/service-tables.ts'
import { terminal } from '../terminal.ts'
import { changedSummaries, summaries } from './summaries.ts'

/** Shows the services and every change of their counts until the signal fires. */
export async function watchServices(
  etcd: EtcdClient,
  format: OutputFormat | undefined,
  signal: AbortSignal,
): Promise<void> {
  await using cache = etcd.cache({ prefix: servicesPrefix })
  onAbort(signal, () => void cache.close())
  const changes = cache.changes()
  await cache.ready
  if (format !== 'json' && terminal.isTty) {
    using live = new LiveTable(() => servicesTable(summaries(cache)), cache)
    for await (const _ of changes) live.changed()
    return
  }
  const print = format === 'json' ? serviceJson : line
  let shown: readonly ServiceSummary[] = []
  const showChanges = (): void => {
    const now = summaries(cache)
    for (const summary of changedSummaries(shown, now)) terminal.write(print(summary))
    shown = now
  }
  showChanges()
  for await (const _ of changes) showChanges()
}

function line({ service, instances, up, unreadable }: ServiceSummary): string {
  return `${service}  ${instances} ${instances === 1 ? 'instance' : 'instances'}, ${up} up${unreadable > 0 ? `, ${unreadable} unreadable` : ''}\n`
}
