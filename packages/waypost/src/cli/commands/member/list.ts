import type { Member } from '@waypost/client'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { memberFields } from '../../output/members.ts'
import { table } from '../../output/table.ts'
import { reportMembers } from '../../report-done.ts'
import { withStore } from '../../store.ts'
import { terminal } from '../../terminal.ts'

export function define(command: Command): void {
  command
    .description(
      'List the members: id, whether it has started, name, peer addresses, client addresses, learner or not.',
    )
    .addHelpText('after', examples(['waypost member list -w table', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const members = await etcd.cluster.members()
    if (options.writeOut === 'json') await reportMembers(etcd, options, '', { members: members.map(memberFields) })
    else print(members, options)
  })
}

function print(members: readonly Member[], { writeOut }: GlobalOptions): void {
  const rows = members.map(({ id, name, peerUrls, clientUrls, isLearner }) => [
    id.toString(16),
    name === '' ? 'unstarted' : 'started',
    name,
    peerUrls.join(','),
    clientUrls.join(','),
    String(isLearner),
  ])
  const heading = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER']
  if (writeOut === 'table') terminal.write(table(heading, rows, terminal.tableStyle))
  else for (const row of rows) terminal.write(`${row.join(', ')}\n`)
}
