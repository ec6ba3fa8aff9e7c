import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import type { StatusAnswer } from '../../print/answers.ts'
import { statusLines } from '../../print/fields.ts'
import { statusJson } from '../../print/json.ts'
import { Output } from '../../print/output.ts'
import { statusSimple } from '../../print/simple.ts'
import { forEachEndpoint, memberEndpoints } from '../../store/member-endpoints.ts'
import { withStore } from '../../store/store.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

interface StatusOptions extends GlobalOptions {
  readonly cluster?: true
}

export function define(command: Command): void {
  command
    .description("Show version, size, revision and leader of each endpoint, in etcdctl's form.")
    .option('--cluster', 'ask every member that the store knows, not only the endpoints given')
    .addHelpText('after', examples(['waypost endpoint status -w json', '']))
    .action(status)
}

async function status(_own: StatusOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<StatusOptions>()
  await withStore(options, async (etcd) => {
    const members: StatusAnswer[] = []
    await forEachEndpoint(await memberEndpoints(etcd, options.cluster), async (endpoint) => {
      members.push({ endpoint, ...(await etcd.maintenance.status({ endpoint })) })
    })
    await output.print(options, {
      simple: () => statusSimple(members),
      json: () => statusJson(members),
      fields: () => members.map(statusLines).join(''),
      table: async () => (await import('../../print/status-table.ts')).statusTable(members),
    })
  })
}
