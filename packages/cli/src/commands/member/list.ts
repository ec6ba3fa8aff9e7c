import type { Member } from '@waypost/client'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { memberLines } from '../../print/fields.ts'
import { memberFields } from '../../print/members.ts'
import { reportMembers } from '../../print/report-done.ts'
import { table } from '../../print/table.ts'
import { withStore } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

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
    await reportMembers(etcd, options, text(members, options), {
      json: { members: members.map(memberFields) },
      lines: memberLines(members),
    })
  })
}

function text(members: readonly Member[], { writeOut }: GlobalOptions): string {
  const rows = members.map(({ id, name, peerUrls, clientUrls, isLearner }) => [
    id.toString(16),
    name === '' ? 'unstarted' : 'started',
    name,
    peerUrls.join(','),
    clientUrls.join(','),
    String(isLearner),
  ])
  const heading = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER']
  if (writeOut === 'table') return table(heading, rows, terminal.tableStyle)
  return rows.map((row) => `${row.join(', ')}\n`).join('')
}
