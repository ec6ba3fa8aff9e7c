import type { Command } from 'commander'
import { addCommands } from '../../../command-line/commands.ts'
import { examples } from '../../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    "Say with a JSON Schema what documents must be like to be released. A scope is a path, a folder with its slash at the end, or '' for everything; the most specific one is in force.",
  )
  addCommands(command, [
    { name: 'list', summary: 'list what has a schema of its own', load: () => import('./list.ts') },
    { name: 'get', summary: 'print the schema that is in force for a path', load: () => import('./get.ts') },
    { name: 'set', summary: 'set a schema', load: () => import('./set.ts') },
    { name: 'delete', summary: 'take a schema off', load: () => import('./delete.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config schema set order/ order.schema.json', ''],
      ['waypost config schema get order/application.yaml', ''],
    ),
  )
}
