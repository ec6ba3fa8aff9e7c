import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description(
      'Show whether a login is required, and the revision of users and roles. etcd 3.4 does not support this.',
    )
    .addHelpText('after', examples(['waypost auth status', '']))
    .action(status)
}

async function status(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const { enabled, authRevision } = await etcd.auth.status()
    const text = `Authentication Status: ${enabled}\nAuthRevision: ${authRevision}\n`
    await reportDone(etcd, options, text, {
      json: { enabled: enabled || undefined, authRevision },
      lines: text,
    })
  })
}
