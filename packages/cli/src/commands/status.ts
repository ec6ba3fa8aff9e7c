import type { EtcdClient } from '@waypost/client'
import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { reportError } from '../command-line/report-error.ts'
import { statusLines } from '../print/fields.ts'
import { statusJson } from '../print/json.ts'
import { Output } from '../print/output.ts'
import { statusSimple } from '../print/simple.ts'
import { withStore } from '../store/store.ts'

export const output = new Output('table', 'simple', 'json', 'fields')

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
    await output.print(options, {
      table: async () => (members.length === 0 ? '' : (await import('../print/status-table.ts')).statusTable(members)),
      simple: () => statusSimple(members),
      json: () => statusJson(members),
      fields: () => members.map(statusLines).join(''),
    })
    for (const answer of answers) if (answer.status === 'rejected') reportError(answer.reason)
  })
}

async function clusterEndpoints(etcd: EtcdClient): Promise<readonly string[]> {
  const members = await etcd.cluster.members()
  return members.flatMap(({ clientUrls }) => clientUrls)
}
