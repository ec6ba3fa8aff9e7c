import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { byteCount } from '../../print/byte-count.ts'
import { listOutput } from '../../print/output.ts'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description(
      'Check a snapshot, and show its hash, its revision, the number of its keys, its size, and the version of its layout.',
    )
    .argument('<file>')
    .addHelpText('after', examples(['waypost snapshot status backup.db -w table', '']))
    .action(status)
}

async function status(file: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { snapshotStatus } = await import('@waypost/server')
  const { hash, revision, totalKeys, totalBytes, version } = await snapshotStatus(file)
  const cells = [hash.toString(16), String(revision), String(totalKeys), byteCount(totalBytes), version]
  await output.print(options, {
    simple: () => `${cells.join(', ')}\n`,
    json: () => ({ hash, revision, totalKey: totalKeys, totalSize: totalBytes, version }),
    table: () => table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [cells], terminal.tableStyle),
  })
}
