import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseMemberId, parseUrls } from '../../command-line/parse-values.ts'
import { memberLines } from '../../print/fields.ts'
import { memberFields, memberHex } from '../../print/members.ts'
import { doneOutput, reportMembers } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

interface UpdateOptions extends GlobalOptions {
  readonly peerUrls: readonly string[]
}

export function define(command: Command): void {
  command
    .description('Change the peer addresses of a member.')
    .argument('<id>', 'the member, in hexadecimal', parseMemberId)
    .requiredOption('--peer-urls <urls>', 'its new peer addresses, separated by commas', parseUrls)
    .addHelpText('after', examples(['waypost member update 8211f1d0f64f3269 --peer-urls http://10.0.0.2:2380', '']))
    .action(update)
}

async function update(id: bigint, { peerUrls }: UpdateOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    await etcd.cluster.updateMember(id, peerUrls)
    const { clusterId } = await etcd.maintenance.status()
    const members = await etcd.cluster.members()
    const sentence = `Member ${memberHex(id)} updated in cluster ${memberHex(clusterId)}\n`
    await reportMembers(etcd, options, sentence, {
      json: { members: members.map(memberFields) },
      lines: memberLines(members),
    })
  })
}
