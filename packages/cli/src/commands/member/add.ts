import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseUrls } from '../../command-line/parse-values.ts'
import { memberLines } from '../../print/fields.ts'
import { memberFields, memberHex } from '../../print/members.ts'
import { doneOutput, reportMembers } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

interface AddOptions extends GlobalOptions {
  readonly peerUrls: readonly string[]
  readonly learner?: true
}

export function define(command: Command): void {
  command
    .description('Add a member, and print the settings to start it with.')
    .argument('<name>')
    .requiredOption('--peer-urls <urls>', 'its peer addresses, separated by commas', parseUrls)
    .option('--learner', 'add it as a learner, without a vote')
    .addHelpText('after', examples(['waypost member add b --peer-urls http://10.0.0.2:2380', '']))
    .action(add)
}

async function add(name: string, { peerUrls, learner }: AddOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    // Asked for before, because a cluster that has just got a member may lack a quorum until that has started.
    const { clusterId } = await etcd.maintenance.status()
    const before = await etcd.cluster.members()
    const member = await etcd.cluster.addMember(peerUrls, { isLearner: learner })
    const members = [...before, member].sort((a, b) => (a.id < b.id ? -1 : 1))
    const added = `Member ${memberHex(member.id)} added ${learner ? 'as learner ' : ''}to cluster ${memberHex(clusterId)}`
    const cluster = members.flatMap((other) =>
      other.peerUrls.map((url) => `${other.id === member.id ? name : other.name}=${url}`),
    )
    const settings = [
      ['ETCD_NAME', name],
      ['ETCD_INITIAL_CLUSTER', cluster.join(',')],
      ['ETCD_INITIAL_ADVERTISE_PEER_URLS', peerUrls.join(',')],
      ['ETCD_INITIAL_CLUSTER_STATE', 'existing'],
    ].map(([variable, value]) => `${variable}=${JSON.stringify(value)}\n`)
    await reportMembers(etcd, options, `${added}\n\n${settings.join('')}`, {
      json: { member: memberFields(member), members: members.map(memberFields) },
      lines: memberLines([member]),
    })
  })
}
