import type { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { parseMemberId } from '../command-line/parse-values.ts'
import { memberEndpoints } from '../store/member-endpoints.ts'
import { withStore } from '../store/store.ts'
import { terminal } from '../terminal/terminal.ts'

export function define(command: Command): void {
  command
    .description('Transfer leadership to another member. The leader is found among the members.')
    .argument('<id>', 'the member to lead, in hexadecimal', parseMemberId)
    .addHelpText('after', examples(['waypost move-leader 8211f1d0f64f3269', '']))
    .action(moveLeader)
}

async function moveLeader(targetId: bigint, _own: GlobalOptions, command: Command): Promise<void> {
  await withStore(command.optsWithGlobals<GlobalOptions>(), async (etcd) => {
    const { endpoint, id } = await leader(etcd)
    await etcd.maintenance.moveLeader(targetId, { endpoint })
    terminal.write(`Leadership transferred from ${id.toString(16)} to ${targetId.toString(16)}\n`)
  })
}

/** Among the endpoints that were given, else among all members: these may have addresses that cannot be reached here. */
async function leader(etcd: EtcdClient): Promise<{ endpoint: string; id: bigint }> {
  for (const ofCluster of [false, true])
    for (const endpoint of await memberEndpoints(etcd, ofCluster)) {
      const status = await etcd.maintenance.status({ endpoint }).catch(() => undefined)
      if (status && status.leader === status.memberId) return { endpoint, id: status.memberId }
    }
  throw new WaypostError('unavailable', 'The leader could not be reached.')
}
