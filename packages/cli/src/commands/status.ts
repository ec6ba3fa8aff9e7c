import type { EtcdClient } from '@waypost/client'
import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { reportError } from '../command-line/report-error.ts'
import type { StatusAnswer } from '../print/answers.ts'
import { statusJson } from '../print/json.ts'
import { statusSimple } from '../print/simple.ts'
import { withStore } from '../store/store.ts'
import { terminal } from '../terminal/terminal.ts'

interface StatusOptions extends GlobalOptions {
  readonly cluster?: true
}

export function define(command: Command): void {
  command
    .description('Show version, size, revision and leader of each endpoint. Fails when one of them does not answer.')
    .option('--cluster', 'ask every member that the store knows, not only the endpoints given')
    .addHelpText(
      'after',
      examples(['waypost status', ''], ['waypost status --endpoints 10.0.0.1:2379,10.0.0.2:2379', '']),
    )
    .action(status)
}

async function status(_own: StatusOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<StatusOptions>()
  await withStore(options, async (etcd) => {
    const endpoints = options.cluster ? await clusterEndpoints(etcd) : etcd.endpoints
    const answers = await Promise.allSettled(
      endpoints.map(async (endpoint) => ({ endpoint, ...(await etcd.maintenance.status({ endpoint })) })),
    )
    const members = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    await print(members, options)
    for (const answer of answers) if (answer.status === 'rejected') reportError(answer.reason)
  })
}

async function clusterEndpoints(etcd: EtcdClient): Promise<readonly string[]> {
  const members = await etcd.cluster.members()
  return members.flatMap(({ clientUrls }) => clientUrls)
}

async function print(members: readonly StatusAnswer[], { writeOut }: StatusOptions): Promise<void> {
  if (writeOut === 'json') terminal.write(statusJson(members))
  else if (writeOut === 'simple') terminal.write(statusSimple(members))
  else if (members.length > 0) terminal.write((await import('../print/status-table.ts')).statusTable(members))
}
