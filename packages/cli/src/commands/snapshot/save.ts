import { open, rename, rm } from 'node:fs/promises'
import type { EtcdClient } from '@waypost/client'
import { messageOf, WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { byteCount } from '../../print/byte-count.ts'
import { withStore } from '../../store/store.ts'
import { ProgressBar } from '../../terminal/progress-bar.ts'
import { terminal } from '../../terminal/terminal.ts'

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

async function download(etcd: EtcdClient, path: string): Promise<void> {
  if (etcd.endpoints.length > 1) throw new UsageError('A snapshot is of one member: name one endpoint.')
  using progress = new ProgressBar('')
  // It holds every value and the hashes of the passwords: for its owner alone, whoever made such a file before.
  await rm(path, { force: true })
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new WaypostError('failed-precondition', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  })
  try {
    const onProgress = (sentBytes: number, remainingBytes: number) =>
      progress.show(sentBytes, { total: sentBytes + remainingBytes, text: byteCount(sentBytes) })
    for await (const chunk of etcd.maintenance.snapshot({ onProgress })) await file.write(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}
