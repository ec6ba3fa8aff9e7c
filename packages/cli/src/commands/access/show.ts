import { accessActions } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description('Show what a user or a role may do with documents and services.')
    .argument('<name>', 'of a user, or of a role')
    .addHelpText(
      'after',
      examples(['waypost access show ann', ''], ['waypost user get ann --detail', 'the permissions on keys']),
    )
    .action(show)
}

async function show(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(options, async (config) => {
    const { isRoot, allowed } = await config.access.allowed(name)
    const text = (): string => {
      if (isRoot) return `${name} may do everything.\n`
      if (allowed.length === 0) return `${name} may do none of ${accessActions.join(', ')}.\n`
      return allowed.map(({ action, subject }) => `${name} may ${action} ${subject || 'everything'}\n`).join('')
    }
    await output.print(options, { simple: text, table: text, json: () => ({ name, isRoot, allowed }) })
  })
}
