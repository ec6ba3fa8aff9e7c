import type { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export function define(command: Command): void {
  command
    .description(
      'Turn authentication on: everybody has to log in. There must be a user root; it gets the role root if it lacks it.',
    )
    .addHelpText('after', examples(['waypost user add root && waypost auth enable', '']))
    .action(enable)
}

async function enable(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    await etcd.auth.enable().catch(async (error: unknown) => {
      if (!WaypostError.is(error) || !error.message.includes('does not have root role')) throw error
      await makeRoot(etcd)
      await etcd.auth.enable()
    })
    // The store now answers to those only who log in.
    await reportDone(etcd, { ...options, writeOut: 'simple' }, 'Authentication Enabled\n')
  })
}

async function makeRoot(etcd: EtcdClient): Promise<void> {
  await etcd.auth.roles.add('root').catch((error: unknown) => {
    if (!WaypostError.is(error, 'already-exists')) throw error
  })
  await etcd.auth.users.grantRole('root', 'root')
}
