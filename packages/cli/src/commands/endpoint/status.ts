import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { forEachEndpoint, memberEndpoints } from '../../member-endpoints.ts'
import type { StatusAnswer } from '../../output/answers.ts'
import { statusLines } from '../../output/fields.ts'
import { statusJson } from '../../output/json.ts'
import { statusSimple } from '../../output/simple.ts'
import { withStore } from '../../store.ts'
import { terminal } from '../../terminal.ts'

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
    if (options.writeOut === 'json') terminal.write(statusJson(members))
    else if (options.writeOut === 'fields') terminal.write(members.map(statusLines).join(''))
    else if (options.writeOut !== 'table') terminal.write(statusSimple(members))
    else terminal.write((await import('../../output/status-table.ts')).statusTable(members))
  })
}
