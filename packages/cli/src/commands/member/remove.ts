import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseMemberId } from '../../command-line/parse-values.ts'
import { memberLines } from '../../print/fields.ts'
import { memberFields, memberHex } from '../../print/members.ts'
import { doneOutput, reportMembers } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Remove a member. The remaining members must have a quorum.')
    .argument('<id>', 'the member, in hexadecimal', parseMemberId)
    .addHelpText('after', examples(['waypost member remove 8211f1d0f64f3269', '']))
    .action(remove)
}

async function remove(id: bigint, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const { clusterId } = await etcd.maintenance.status()
    await etcd.cluster.removeMember(id)
    const members = await etcd.cluster.members()
    const sentence = `Member ${memberHex(id)} removed from cluster ${memberHex(clusterId)}\n`
    await reportMembers(etcd, options, sentence, {
      json: { members: members.map(memberFields) },
      lines: memberLines(members),
    })
  })
}
