import type { Command } from 'commander'
import { addCommands } from '../../../command-line/commands.ts'
import { examples } from '../../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    "Manage which documents need approval before they are released. A scope is a path, a folder with a trailing slash, or '' for everything; the most specific one applies.",
  )
  addCommands(command, [
    { name: 'list', summary: 'list the policies', load: () => import('./list.ts') },
    { name: 'set', summary: 'require approval', load: () => import('./set.ts') },
    { name: 'delete', summary: 'delete a policy', load: () => import('./delete.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config policy set order/ --approvals 1 --approver li --approver wang', ''],
      ['waypost config policy list', ''],
    ),
  )
}
