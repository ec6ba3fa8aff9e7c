import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = factsOutput

export function define(command: Command): void {
  addGroupOption(command)
    .description('Delete a schedule and its history. Running runs are cancelled.')
    .argument('<name>')
    .addHelpText('after', examples(['waypost schedule delete nightly', '']))
    .action(remove)
}

async function remove(name: string, _own: GroupOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GroupOptions>()
  await withSchedules(options, async (schedules) => {
    if (!(await schedules.delete(name))) throw new WaypostError('not-found', `There is no schedule ${name}.`)
    await output.print(options, { simple: () => `Deleted ${name}.\n`, json: () => ({ name, deleted: true }) })
  })
}
