import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = factsOutput

interface PauseOptions extends GroupOptions {
  readonly reason?: string
}

export function define(command: Command): void {
  addGroupOption(command)
    .description('Pause a schedule until it is resumed. A current run continues.')
    .argument('<name>')
    .option('--reason <text>', 'the reason, for others')
    .addHelpText('after', examples(['waypost schedule pause nightly', '']))
    .action(pause)
}

async function pause(name: string, _own: PauseOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<PauseOptions>()
  await withSchedules(options, async (schedules) => {
    await schedules.pause(name, options.reason)
    await output.print(options, { simple: () => `${name} is paused.\n`, json: () => ({ name }) })
  })
}
