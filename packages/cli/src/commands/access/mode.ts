import type { AccessMode } from '@waypost/config/admin'
import { Argument, type Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { actingUser } from '../../store/acting-user.ts'
import { withConfig } from '../../store/store.ts'

export const output = factsOutput

interface SetModeOptions extends GlobalOptions {
  readonly convert?: true
}

export function define(command: Command): void {
  command
    .description(
      'Show the mode, or set it. `direct`: people and pipelines that were granted it write documents themselves. `strict`: ' +
        'they ask the hub, and nobody but the hub writes documents, releases, overrides and the audit.',
    )
    .addArgument(new Argument('[mode]', 'the mode from now on').choices(['direct', 'strict']))
    .option('--convert', 'replace write permissions of roles by the right to ask for the same, or the reverse')
    .addHelpText(
      'after',
      examples(['waypost access mode', ''], ['waypost access mode strict --convert', 'the audit holds from now on']),
    )
    .action(mode)
}

async function mode(next: AccessMode | undefined, _own: SetModeOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<SetModeOptions>()
  await withConfig(options, async (config) => {
    if (next === undefined) {
      const now = await config.access.mode()
      await output.print(options, { simple: () => `${now}\n`, json: () => ({ mode: now }) })
      return
    }
    const change = await config.access.setMode(next, { convert: options.convert, author: actingUser(options) })
    const lines = change.converted.map(({ role, actions }) => {
      const words = actions.map(({ action, subject }) => `${action} ${subject || 'everything'}`).join(', ')
      return `  ${role}: ${words || 'none of the words, only reads what it could write'}\n`
    })
    const converted = lines.length === 0 ? '' : `Converted:\n${lines.join('')}`
    await output.print(options, { simple: () => `The mode is ${next}.\n${converted}`, json: () => change })
  })
}
