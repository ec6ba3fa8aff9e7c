import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = factsOutput

export function define(command: Command): void {
  addGroupOption(command)
    .description('Ask the leader to run it now; the overlap rule applies.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost schedule trigger nightly', '']))
    .action(trigger)
}

async function trigger(name: string, _own: GroupOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GroupOptions>()
  await withSchedules(options, async (schedules) => {
    await schedules.trigger(name)
    await output.print(options, {
      simple: () => `The leader was asked for a run of ${name}.\n`,
      json: () => ({ name }),
    })
  })
}
