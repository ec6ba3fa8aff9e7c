import type { Command } from 'commander'
import type { GlobalOptions } from '../global-options.ts'
import { examples } from '../help.ts'
import { forEachEndpoint, memberEndpoints } from '../member-endpoints.ts'
import { showWait } from '../show-wait.ts'
import { withStore } from '../store.ts'
import { terminal } from '../terminal.ts'

interface DefragOptions extends GlobalOptions {
  readonly cluster?: true
}

const defaultTimeoutMs = 10 * 60_000

export function define(command: Command): void {
  command
    .description('Give the disk space back that deleted and compacted data has left. An etcd stands still meanwhile.')
    .option('--cluster', 'every member that the store knows, not only the endpoints given')
    .addHelpText('after', examples(['waypost defrag --cluster', '']))
    .action(defrag)
}

async function defrag(_own: DefragOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DefragOptions>()
  const timeoutMs = options.timeout ?? defaultTimeoutMs
  await withStore(options, async (etcd) => {
    await forEachEndpoint(await memberEndpoints(etcd, options.cluster), async (endpoint) => {
      await showWait(`defragmenting ${endpoint}`, etcd.maintenance.defragment({ endpoint, timeoutMs }))
      terminal.write(`Finished defragmenting etcd member[${endpoint}]\n`)
    })
  })
}
