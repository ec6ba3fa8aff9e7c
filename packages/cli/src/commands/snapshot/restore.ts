import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { ProgressBar } from '../../terminal/progress-bar.ts'
import { terminal } from '../../terminal/terminal.ts'

interface RestoreOptions {
  readonly dataDir: string
  readonly skipHashCheck?: true
}

export function define(command: Command): void {
  command
    .description(
      'Make a data directory for `waypost serve` of an etcd snapshot: all keys with all their revisions, leases, ' +
        'users and roles.',
    )
    .argument('<file>', 'what `waypost snapshot save` or `etcdctl snapshot save` wrote')
    .requiredOption('--data-dir <directory>', 'must be empty, or not there')
    .option('--skip-hash-check', 'take a database file that was copied out of a member, without a checksum')
    .addHelpText('after', examples(['waypost restore backup.db --data-dir /var/lib/waypost', '']))
    .action(restoreSnapshot)
}

async function restoreSnapshot(file: string, { dataDir, skipHashCheck }: RestoreOptions): Promise<void> {
  const { restore } = await import('@waypost/server')
  using progress = new ProgressBar('versions of keys')
  const { revision, versions, leases, users, roles } = await restore({
    snapshotPath: file,
    dataDir,
    skipHashCheck,
    onProgress: (count) => progress.show(count),
  })
  progress.clear()
  terminal.write(
    `Restored revision ${revision} to ${dataDir}: ${versions} versions of keys, ${leases} leases, ` +
      `${users} users, ${roles} roles.\n`,
  )
}
