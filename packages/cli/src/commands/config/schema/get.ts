import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { scopeReads } from '../../../access/asked.ts'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { factsOutput } from '../../../print/output.ts'
import { withConfig } from '../../../store/store.ts'

export const output = factsOutput

interface GetOptions extends GlobalOptions {
  readonly exact?: true
}

export function define(command: Command): void {
  command
    .description('Print the schema that applies to a path: its own, or that of the nearest folder with one.')
    .argument('<path>')
    .option('--exact', 'only the schema of exactly this path, or of this folder (with a trailing slash)')
    .addHelpText(
      'after',
      examples(
        ['waypost config schema get order/application.yaml', ''],
        ['waypost config schema get order/ --exact > order.schema.json', ''],
      ),
    )
    .action(get)
}

async function get(path: string, { exact }: GetOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GetOptions>()
  const call = { timeoutMs: options.timeout }
  await withConfig(
    options,
    async (config) => {
      const own = exact ? await config.schemas.get(path, call) : undefined
      const found = own ? { scope: path, schema: own } : exact ? undefined : await config.schemas.find(path, call)
      if (found === undefined) throw new WaypostError('not-found', `There is no schema for ${path}.`)
      await output.print(options, {
        simple: () => `${JSON.stringify(found.schema, undefined, 2)}\n`,
        json: () => found,
      })
    },
    scopeReads('schemas'),
  )
}
