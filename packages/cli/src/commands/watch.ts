import { onAbort } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { parseInt64 } from '../command-line/parse-values.ts'
import { rangeSelector, rangeWords } from '../command-line/range-selector.ts'
import { headerLines, watchLines } from '../print/fields.ts'
import { watchJson } from '../print/json.ts'
import { Output } from '../print/output.ts'
import { watchSimple } from '../print/simple.ts'
import { headerAt, withStore } from '../store/store.ts'
import { withTimeLimit } from '../store/time-limit.ts'
import { onInterrupt } from '../terminal/interrupt.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

interface WatchOptions extends GlobalOptions {
  readonly prefix?: true
  readonly fromKey?: true
  readonly rev?: bigint
  readonly prevKv?: true
}

export function define(command: Command): void {
  command
    .description('Follow the changes of a key, or of the keys from <key> up to [end], exclusive, until Ctrl+C.')
    .argument('<key>')
    .argument('[end]')
    .option('--prefix', 'all keys that start with <key>')
    .option('--from-key', 'all keys from <key>, in byte order')
    .option('--rev <revision>', 'start with the changes of this revision', parseInt64)
    .option('--prev-kv', 'also print the previous value')
    .addHelpText(
      'after',
      examples(
        ['waypost watch /config/order/timeout', ''],
        ['waypost watch --prefix /services/ --prev-kv', ''],
        ['waypost watch --prefix / --rev 1', 'everything since the last compaction'],
      ),
    )
    .action(watch)
}

async function watch(key: string, end: string | undefined, _own: WatchOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<WatchOptions>()
  const range = rangeSelector(key, end, options)
  using interrupt = onInterrupt()
  await withStore(
    options,
    async (etcd) => {
      const namesStore = output.choose(options, { simple: false, json: true, fields: true, table: false })
      const header = namesStore ? await headerAt(etcd) : { revision: 0n }
      await using following = etcd.watch(range, { startRevision: options.rev, prevKv: options.prevKv })
      onAbort(interrupt.signal, () => void following.close())
      await withTimeLimit(following.started, options.timeout)
      for await (const { revision, events } of following) {
        await output.print(options, {
          simple: () => watchSimple(events, { hex: options.hex }),
          json: () => watchJson({ ...header, revision }, events),
          fields: () => headerLines({ ...header, revision }) + watchLines(events),
          table: async () => (await import('../print/key-tables.ts')).watchTable(events),
        })
      }
    },
    { type: 'read', key, range: rangeWords(end, options) },
  )
}
