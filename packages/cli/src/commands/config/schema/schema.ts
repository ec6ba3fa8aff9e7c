import type { Command } from 'commander'
import { addCommands } from '../../../command-line/commands.ts'
import { examples } from '../../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    "Manage the JSON Schemas that documents must satisfy to be released. A scope is a path, a folder with a trailing slash, or '' for everything; the most specific one applies.",
  )
  addCommands(command, [
    { name: 'list', summary: 'list paths and folders with a schema', load: () => import('./list.ts') },
    { name: 'get', summary: 'print the schema that applies to a path', load: () => import('./get.ts') },
    { name: 'set', summary: 'set a schema', load: () => import('./set.ts') },
    { name: 'delete', summary: 'delete a schema', load: () => import('./delete.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config schema set order/ order.schema.json', ''],
      ['waypost config schema get order/application.yaml', ''],
    ),
  )
}
