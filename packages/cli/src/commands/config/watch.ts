import type { ConfigChange } from '@waypost/config'
import { onAbort } from '@waypost/core'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { jsonText } from '../../print/json-text.ts'
import { factsOutput } from '../../print/output.ts'
import { printable } from '../../print/printable.ts'
import { withConfig } from '../../store/store.ts'
import { onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = factsOutput

interface WatchOptions extends GlobalOptions {
  readonly prefix?: true
}

export function define(command: Command): void {
  command
    .description('Show the current value and each change, one line each, until Ctrl+C. Without a path: all documents.')
    .argument('[path]')
    .option('--prefix', 'all paths that start with <path>')
    .addHelpText(
      'after',
      examples(['waypost config watch order/timeout', ''], ['waypost config watch --prefix order/', '']),
    )
    .action(watch)
}

async function watch(path: string | undefined, _own: WatchOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<WatchOptions>()
  if (path === undefined && options.prefix) throw new UsageError('--prefix needs a path.')
  const what = path === undefined || options.prefix ? { prefix: path ?? '' } : path
  using interrupt = onInterrupt()
  await withConfig(
    options,
    async (config) => {
      await using changes = config.watch(what, { initial: true })
      onAbort(interrupt.signal, () => void changes.close())
      for await (const change of changes) {
        await output.print(options, { simple: () => line(change), json: () => facts(change) })
      }
    },
    { action: 'read', subject: path ?? '' },
  )
}

function line({ type, path, bytes, revision }: ConfigChange): string {
  const { dim, green, red } = terminal.colors
  const event = type === 'set' ? green('set    ') : red('deleted')
  return `${dim(String(revision))}  ${event}  ${path}${bytes ? `  ${printable(bytes)}` : ''}\n`
}

function facts({ type, path, bytes, revision }: ConfigChange): object {
  const { text, encoding } = bytes === undefined ? {} : jsonText(bytes)
  return { revision, type, path, value: text, encoding }
}
