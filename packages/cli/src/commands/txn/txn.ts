import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { Output } from '../../print/output.ts'
import { headerAt, withStore } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { readTxn } from './read-txn.ts'
import { txnJson, txnLines, txnSimple } from './txn-answer.ts'

export const output = new Output('simple', 'json', 'fields')

interface TxnOptions extends GlobalOptions {
  readonly interactive?: true
}

export function define(command: Command): void {
  command
    .description(
      'Run operations in one transaction, or others if a comparison fails. Standard input has the comparisons, such ' +
        'as mod("key") > "0" or value("key") = "x", an empty line, the get, put and del to do when all hold, an empty ' +
        'line, those to do otherwise, an empty line.',
    )
    .option('-i, --interactive', 'prompt for each part')
    .addHelpText('after', examples(['waypost txn -i', ''], ['waypost txn < changes.txt', '']))
    .action(txn)
}

async function txn({ interactive }: TxnOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { conditions, whenTrue, whenFalse } = await readTxn((text) => {
    if (interactive) terminal.write(text)
  })
  await withStore(
    options,
    async (etcd) => {
      const result = await etcd
        .txn()
        .if(...conditions)
        .do(...whenTrue)
        .else(...whenFalse)
        .commit()
      await output.print(options, {
        simple: () => txnSimple(result, options),
        json: async () => txnJson(await headerAt(etcd, result.revision), result),
        fields: async () => txnLines(await headerAt(etcd, result.revision), result),
      })
    },
    {
      needs:
        'it needs read permission on the keys that it compares or gets, and write permission on those that it changes',
    },
  )
}
