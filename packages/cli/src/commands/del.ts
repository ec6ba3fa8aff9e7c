import type { Command } from 'commander'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { rangeSelector, rangeWords } from '../command-line/range-selector.ts'
import { deleteLines, headerLines } from '../print/fields.ts'
import { deleteJson } from '../print/json.ts'
import { Output } from '../print/output.ts'
import { deleteSimple } from '../print/simple.ts'
import { headerAt, withStore } from '../store/store.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

export interface DelOptions extends GlobalOptions {
  readonly prefix?: true
  readonly fromKey?: true
  readonly prevKv?: true
}

export function define(command: Command): void {
  command
    .description('Delete a key, or the keys from <key> up to [end], exclusive. Prints the number of deleted keys.')
    .argument('<key>')
    .argument('[end]')
    .option('--prefix', 'all keys that start with <key>')
    .option('--from-key', 'all keys from <key>, in byte order')
    .option('--prev-kv', 'print the deleted keys')
    .addHelpText(
      'after',
      examples(
        ['waypost del /config/order/timeout', ''],
        ['waypost del --prefix /config/order/ --prev-kv', 'prints what it deletes'],
      ),
    )
    .action(del)
}

async function del(key: string, end: string | undefined, _own: DelOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DelOptions>()
  const { prevKv } = options
  const range = rangeSelector(key, end, options)
  await withStore(
    options,
    async (etcd) => {
      const result = await etcd.kv.delete(range, { prevKv })
      await output.print(options, {
        simple: () => deleteSimple(result, options),
        json: async () => deleteJson(await headerAt(etcd, result.revision), result),
        fields: async () => headerLines(await headerAt(etcd, result.revision)) + deleteLines(result),
        table: async () => (await import('../print/key-tables.ts')).deleteTable(result),
      })
    },
    { type: 'write', key, range: rangeWords(end, options) },
  )
}
