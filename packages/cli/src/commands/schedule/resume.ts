import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = factsOutput

export function define(command: Command): void {
  addGroupOption(command)
    .description('Resume a schedule. Runs that were due in the meantime are not caught up.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost schedule resume nightly', '']))
    .action(resume)
}

async function resume(name: string, _own: GroupOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GroupOptions>()
  await withSchedules(options, async (schedules) => {
    await schedules.resume(name)
    await output.print(options, { simple: () => `${name} is resumed.\n`, json: () => ({ name }) })
  })
}
