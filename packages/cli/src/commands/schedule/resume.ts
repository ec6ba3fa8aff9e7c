import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = factsOutput

export function define(command: Command): void {
  addGroupOption(command)
    .description('Go on with a schedule from now. What was due meanwhile is not made up for.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost schedule resume nightly', '']))
    .action(resume)
}

async function resume(name: string, _own: GroupOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GroupOptions>()
  await withSchedules(options, async (schedules) => {
    await schedules.resume(name)
    await output.print(options, { simple: () => `${name} goes on.\n`, json: () => ({ name }) })
  })
}
