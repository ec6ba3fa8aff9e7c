import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { contextNamed, readContexts, writeContexts } from '../../store/contexts.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Choose the context for all commands that name no store, until another one is chosen.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost context use prod', '']))
    .action(use)
}

async function use(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const before = await readContexts()
  const { endpoints } = contextNamed(name, before)
  await writeContexts({ ...before, current: name })
  await output.print(command.optsWithGlobals<GlobalOptions>(), {
    simple: () => `Commands use ${name} now: ${endpoints.join(', ')}.\n`,
    json: () => ({ current: name, endpoints }),
  })
}
