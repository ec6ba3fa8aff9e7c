import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { parseInt64 } from '../command-line/parse-values.ts'
import { withStore } from '../store/store.ts'
import { terminal } from '../terminal/terminal.ts'

interface CompactOptions extends GlobalOptions {
  readonly physical?: true
}

export function define(command: Command): void {
  command
    .description('Delete all versions of keys that were replaced before a revision.')
    .argument('<revision>', 'the oldest revision that stays readable', parseInt64)
    .option('--physical', 'wait until the space has been released')
    .addHelpText('after', examples(['waypost compact 1200', '']))
    .action(compact)
}

async function compact(revision: bigint, _own: CompactOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<CompactOptions>()
  await withStore(options, (etcd) => etcd.kv.compact(revision, { physical: options.physical }))
  terminal.write(`compacted revision ${revision}\n`)
}
