import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addIdentityOptions, type IdentityOptions, targetOf } from './identity-options.ts'

export const output = factsOutput

export function define(command: Command): void {
  addIdentityOptions(
    command
      .description(
        'Print the configuration that an application gets, merged from all its documents, as JSON. Secrets are hidden.',
      )
      .argument('<app>'),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config effective order --profile production', ''],
        ['waypost config effective order --instance web-1 --zone eu-1', 'with the canaries of that instance'],
      ),
    )
    .action(showEffective)
}

async function showEffective(app: string, _own: IdentityOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<IdentityOptions>()
  await withConfig(
    options,
    async (config) => {
      const { value, documents, unresolved, revision } = await config.effective(targetOf(app, options))
      await output.print(options, {
        simple: () => `${JSON.stringify(value, undefined, 2)}\n`,
        json: () => ({ app, value, documents, unresolved, revision }),
      })
      if (unresolved.length === 0) return
      const keys = unresolved.map((path) => oneLine(path.join('.'))).join(', ')
      terminal.writeError(`Only the process itself knows these values: ${keys}\n`)
    },
    { action: 'read', subject: `${app}/` },
  )
}
