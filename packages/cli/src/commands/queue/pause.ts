import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withCoordination } from '../../store/store.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Stop workers from taking jobs. Running jobs continue.')
    .argument('<queue>')
    .addHelpText('after', examples(['waypost queue pause mail', '']))
    .action(pause)
}

async function pause(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withCoordination(options, async (coordination) => {
    await coordination.queue(name).pause()
    const sentence = `The queue ${name} is paused.\n`
    await output.print(options, { simple: () => sentence, json: () => ({ name, isPaused: true }) })
  })
}
