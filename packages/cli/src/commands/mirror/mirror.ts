import { EtcdClient } from '@waypost/client'
import { messageOf } from '@waypost/core'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { storeOptions } from '../../store/store-options.ts'
import { onInterrupt } from '../../terminal/interrupt.ts'
import { ProgressLine } from '../../terminal/progress-line.ts'
import { terminal } from '../../terminal/terminal.ts'
import type { MirrorProgress } from './mirror-keys.ts'

interface MirrorCommandOptions extends GlobalOptions {
  readonly from: string
  readonly to: string
  readonly prefix: string
  readonly destPrefix?: string
  readonly destUser?: string
  readonly once?: true
  readonly overwrite?: true
}

export function define(command: Command): void {
  command
    .description(
      'Mirror keys of one store into another, and follow changes until Ctrl+C. Keys under the prefix in ' +
        'the destination that are not in the source are deleted. When started again, it resumes.',
    )
    .requiredOption('--from <urls>', 'the store to read')
    .requiredOption('--to <urls>', 'the store to write')
    .option('--prefix <prefix>', 'only the keys that start with this', '')
    .option('--dest-prefix <prefix>', 'replace the prefix by this (default: the prefix itself)')
    .option('--dest-user <name[:password]>', 'the user in the destination (default: the same as in the source)')
    .option('--overwrite', 'overwrite keys in the destination that no mirror wrote')
    .option('--once', 'copy once, without following')
    .addHelpText(
      'after',
      examples(
        ['waypost mirror --from http://127.0.0.1:2379 --to http://10.0.0.1:2379', ''],
        ['waypost mirror --from http://a:2379 --to http://b:2379 --prefix /config/ --dest-prefix /backup/', ''],
      ),
    )
    .action(run)
}

async function run(_own: MirrorCommandOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<MirrorCommandOptions>()
  const { prefix, destPrefix = prefix, destUser } = options
  const destOptions = destUser === undefined ? options : { ...withoutPassword(options), user: destUser }
  await using from = new EtcdClient({ ...(await storeOptions(options)), endpoints: urls('--from', options.from) })
  await using to = new EtcdClient({ ...(await storeOptions(destOptions)), endpoints: urls('--to', options.to) })
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  const { mirror } = await import('./mirror-keys.ts')
  const progress = new ProgressLine()
  let last: MirrorProgress | undefined
  let hasFollowed = false
  try {
    await mirror({
      from,
      to,
      prefix,
      destPrefix,
      once: options.once ?? false,
      overwrite: options.overwrite ?? false,
      signal: interrupt.signal,
      onProgress: (now) => {
        last = now
        if (now.state === 'following' && !hasFollowed) {
          hasFollowed = true
          progress.clear()
          terminal.write(`Copied as of revision ${now.revision}; following. Ctrl+C stops.\n`)
        }
        progress.show(() => `${now.state}: revision ${now.revision}, ${now.changes} changes`)
      },
      onTrouble: (error) => {
        progress.clear()
        terminal.writeError(`${messageOf(error)} Trying again.\n`)
      },
    })
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
  } finally {
    progress.clear()
  }
  if (last) terminal.write(`At revision ${last.revision}: ${last.changes} changes.\n`)
}

function withoutPassword({ password: _, ...rest }: MirrorCommandOptions): Omit<MirrorCommandOptions, 'password'> {
  return rest
}

function urls(option: string, text: string): string[] {
  const list = text.split(',').map((url) => url.trim())
  if (list.some((url) => url === '')) throw new UsageError(`${option} names one or more stores, separated by commas.`)
  return list
}
