import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withCoordination } from '../../store/store.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Resume a queue.')
    .argument('<queue>')
    .addHelpText('after', examples(['waypost queue resume mail', '']))
    .action(resume)
}

async function resume(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withCoordination(options, async (coordination) => {
    await coordination.queue(name).resume()
    const sentence = `The queue ${name} is resumed.\n`
    await output.print(options, { simple: () => sentence, json: () => ({ name, isPaused: false }) })
  })
}
