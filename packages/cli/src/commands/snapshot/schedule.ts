import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { delay, messageOf } from '@waypost/core'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseDurationMs, parsePositive } from '../../command-line/parse-values.ts'
import { withStore } from '../../store/store.ts'
import { onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'
import { download } from './download.ts'

interface ScheduleOptions extends GlobalOptions {
  readonly every: number
  readonly keep: number
  readonly once?: true
}

/** So that an alphabetical list is a chronological one. */
const snapshotName = /^waypost-\d{8}T\d{6}Z\.db$/

export function define(command: Command): void {
  command
    .description(
      'Save a snapshot to a directory now and again and again, until Ctrl+C. Each is verified before it counts, and ' +
        'only then the oldest ones are deleted. One that fails is reported, and the next one is made in its turn.',
    )
    .argument('<directory>')
    .option('--every <time>', 'how long from one to the next', parseDurationMs, 3_600_000)
    .option('--keep <n>', 'how many to keep', parsePositive, 24)
    .option('--once', 'make one and end, for cron')
    .addHelpText(
      'after',
      examples(
        ['waypost snapshot schedule /var/backups/waypost --every 6h --keep 28', ''],
        ['waypost snapshot schedule /var/backups/waypost --once', ''],
      ),
    )
    .action(schedule)
}

async function schedule(directory: string, _own: ScheduleOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ScheduleOptions>()
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new UsageError(`${directory} cannot be made: ${messageOf(error)}`)
  })
  if (options.once) {
    await saveAndRotate(directory, options)
    return
  }
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  const { signal } = interrupt
  while (!signal.aborted) {
    await saveAndRotate(directory, options).catch((error: unknown) => {
      terminal.writeError(`No snapshot was made: ${messageOf(error)}\n`)
    })
    await delay(options.every, { signal }).catch(() => {})
  }
}

async function saveAndRotate(directory: string, options: ScheduleOptions): Promise<void> {
  const file = join(directory, nameAt(new Date()))
  const part = `${file}.part`
  try {
    await withStore(options, (etcd) => download(etcd, part))
    const { snapshotStatus } = await import('@waypost/server')
    const { revision, totalKeys } = await snapshotStatus(part)
    await rename(part, file)
    terminal.write(`Saved ${file}: revision ${revision}, ${totalKeys} versions of keys.\n`)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  for (const name of await surplus(directory, options.keep)) await rm(join(directory, name), { force: true })
}

/** The names of all but the newest. Other files in the directory are left alone. */
async function surplus(directory: string, keep: number): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => snapshotName.test(name)).toSorted()
  return names.slice(0, Math.max(0, names.length - keep))
}

function nameAt(date: Date): string {
  return `waypost-${date.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.db`
}
