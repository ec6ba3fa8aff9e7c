import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { headerLines, leaseListLines } from '../../print/fields.ts'
import { leaseListJson } from '../../print/json.ts'
import { Output } from '../../print/output.ts'
import { leaseListSimple } from '../../print/simple.ts'
import { headerAt, withStore } from '../../store/store.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

export function define(command: Command): void {
  command
    .description('List the ids of all leases; as a table, also the remaining time and the number of keys of each.')
    .addHelpText('after', examples(['waypost lease list', ''], ['waypost lease list -w table', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const ids = await etcd.leases.list()
    await output.print(options, {
      simple: () => leaseListSimple(ids),
      json: async () => leaseListJson(await headerAt(etcd), ids),
      fields: async () => headerLines(await headerAt(etcd)) + leaseListLines(ids),
      table: async () => (await import('./lease-table.ts')).leaseTable(etcd, ids),
    })
  })
}
