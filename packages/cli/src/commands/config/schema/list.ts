import type { Command } from 'commander'
import { scopeReads } from '../../../access/asked.ts'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { factsOutput } from '../../../print/output.ts'
import { withConfig } from '../../../store/store.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('List the paths and folders that have their own schema, one per line.')
    .addHelpText('after', examples(['waypost config schema list', '']))
    .action(list)
}

async function list(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(
    options,
    async (config) => {
      const scopes = await config.schemas.list({ timeoutMs: options.timeout })
      await output.print(options, {
        simple: () => scopes.map((scope) => `${scope || "''"}\n`).join(''),
        json: () => scopes.map((scope) => ({ scope })),
      })
    },
    scopeReads('schemas'),
  )
}
