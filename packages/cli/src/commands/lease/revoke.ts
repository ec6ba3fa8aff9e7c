import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseLeaseId } from '../../command-line/parse-values.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { leaseRevokeSimple } from '../../print/simple.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Revoke a lease at once, and delete the keys that are attached to it.')
    .argument('<id>', 'the lease, in hexadecimal', parseLeaseId)
    .addHelpText('after', examples(['waypost lease revoke 694d7f9a2c1be805', '']))
    .action(revoke)
}

async function revoke(id: bigint, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(
    options,
    async (etcd) => {
      await etcd.leases.revoke(id)
      await reportDone(etcd, options, leaseRevokeSimple(id))
    },
    { needs: 'it needs write permission on every key of the lease. waypost lease timetolive <id> --keys names them' },
  )
}
