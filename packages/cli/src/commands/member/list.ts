import type { Member } from '@waypost/client'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { headerLines, memberLines } from '../../print/fields.ts'
import { headerFields } from '../../print/json.ts'
import { memberFields } from '../../print/members.ts'
import { Output } from '../../print/output.ts'
import { table } from '../../print/table.ts'
import { headerAt, withStore } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

export function define(command: Command): void {
  command
    .description('List the members: id, started or not, name, peer addresses, client addresses, learner or not.')
    .addHelpText('after', examples(['waypost member list -w table', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const members = await etcd.cluster.members()
    const rows = members.map(rowOf)
    await output.print(options, {
      simple: () => rows.map((row) => `${row.join(', ')}\n`).join(''),
      json: async () => ({ header: headerFields(await headerAt(etcd, 0n)), members: members.map(memberFields) }),
      fields: async () => headerLines(await headerAt(etcd, 0n)) + memberLines(members),
      table: () => table(heading, rows, terminal.tableStyle),
    })
  })
}

const heading = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER']

function rowOf({ id, name, peerUrls, clientUrls, isLearner }: Member): string[] {
  return [
    id.toString(16),
    name === '' ? 'unstarted' : 'started',
    name,
    peerUrls.join(','),
    clientUrls.join(','),
    String(isLearner),
  ]
}
