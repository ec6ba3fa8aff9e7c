import type { Command } from 'commander'
import { UsageError } from '../command-line/exit-codes.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { parseLeaseId } from '../command-line/parse-values.ts'
import { noValue, readSomeStdin } from '../command-line/stdin.ts'
import { headerLines, putLines } from '../print/fields.ts'
import { putJson } from '../print/json.ts'
import { Output } from '../print/output.ts'
import { putSimple } from '../print/simple.ts'
import { headerAt, withStore } from '../store/store.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

export interface PutOptions extends GlobalOptions {
  readonly lease?: bigint
  readonly prevKv?: true
  readonly ignoreValue?: true
  readonly ignoreLease?: true
}

export function define(command: Command): void {
  command
    .description('Write a key. The value comes from the command line or from standard input, byte for byte.')
    .argument('<key>')
    .argument('[value]')
    .option('--lease <id>', 'attach the key to this lease (hexadecimal)', parseLeaseId)
    .option('--prev-kv', 'print the previous value')
    .option('--ignore-value', 'keep the value, only change the lease')
    .option('--ignore-lease', 'keep the lease, only change the value')
    .addHelpText(
      'after',
      examples(
        ['waypost put /config/order/timeout 30', ''],
        ['waypost put /config/order/application.yaml < application.yaml', ''],
        ['waypost put /services/user/1 127.0.0.1:8080 --lease 694d7f9a2c1be805', ''],
        ['waypost put -- -key -value', 'a key that starts with a dash'],
      ),
    )
    .action(put)
}

async function put(key: string, value: string | undefined, _own: PutOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<PutOptions>()
  const { ignoreValue, ignoreLease, lease, prevKv } = options
  if (ignoreValue && value !== undefined) throw new UsageError('--ignore-value takes no value.')
  const bytes = ignoreValue ? '' : (value ?? (await readSomeStdin(noValue)))
  await withStore(
    options,
    async (etcd) => {
      const result = await etcd.kv.put(key, bytes, { lease, prevKv, ignoreValue, ignoreLease })
      await output.print(options, {
        simple: () => putSimple(result, options),
        json: async () => putJson(await headerAt(etcd, result.revision), result),
        fields: async () => headerLines(await headerAt(etcd, result.revision)) + putLines(result),
        table: async () => (await import('../print/key-tables.ts')).putTable(result),
      })
    },
    { type: 'write', key },
  )
}
