import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { readContexts, writeContexts } from '../../store/contexts.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Remove a context. If it is the current one, there is none until another one is chosen.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost context remove prod', '']))
    .action(remove)
}

async function remove(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const { current, contexts } = await readContexts()
  const { [name]: removed, ...others } = contexts
  if (removed === undefined) throw new WaypostError('not-found', `There is no context ${name}.`)
  await writeContexts({ current: current === name ? undefined : current, contexts: others })
  await output.print(command.optsWithGlobals<GlobalOptions>(), {
    simple: () => `Removed the context ${name}.\n`,
    json: () => ({ name, removed: true }),
  })
}
