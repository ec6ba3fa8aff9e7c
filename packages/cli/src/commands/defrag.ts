import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { goDuration } from '../print/go-duration.ts'
import { forEachEndpoint, memberEndpoints } from '../store/member-endpoints.ts'
import { withStore } from '../store/store.ts'
import { showWait } from '../terminal/show-wait.ts'
import { terminal } from '../terminal/terminal.ts'

interface DefragOptions extends GlobalOptions {
  readonly cluster?: true
}

const defaultTimeoutMs = 10 * 60_000

export function define(command: Command): void {
  command
    .description('Release the disk space of deleted and compacted data. An etcd member blocks while it does so.')
    .option('--cluster', 'every member that the store knows, not only the endpoints given')
    .addHelpText('after', examples(['waypost defrag --cluster', '']))
    .action(defrag)
}

async function defrag(_own: DefragOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DefragOptions>()
  const timeoutMs = options.timeout ?? defaultTimeoutMs
  await withStore(options, async (etcd) => {
    await forEachEndpoint(await memberEndpoints(etcd, options.cluster), async (endpoint) => {
      const beganMs = performance.now()
      await showWait(`defragmenting ${endpoint}`, etcd.maintenance.defragment({ endpoint, timeoutMs }))
      const took = goDuration(performance.now() - beganMs)
      terminal.write(`Finished defragmenting etcd member[${endpoint}]. took ${took}\n`)
    })
  })
}
