import { rename, rm } from 'node:fs/promises'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { withStore } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { download } from './download.ts'

export function define(command: Command): void {
  command
    .description('Write the whole store, as it is at one revision, to a file. The file appears when it is complete.')
    .argument('<file>')
    .addHelpText('after', examples(['waypost snapshot save backup.db', '']))
    .action(save)
}

async function save(file: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const part = `${file}.part`
  try {
    await withStore(options, (etcd) => download(etcd, part))
    const { snapshotStatus } = await import('@waypost/server')
    await snapshotStatus(part)
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  terminal.write(`Snapshot saved at ${file}\n`)
}
