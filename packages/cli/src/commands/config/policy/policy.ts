import type { Command } from 'commander'
import { addCommands } from '../../../command-line/commands.ts'
import { examples } from '../../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    "Say which documents are only released with approval. A scope is a path, a folder with its slash at the end, or '' for everything; the most specific one is in force.",
  )
  addCommands(command, [
    { name: 'list', summary: 'list the policies', load: () => import('./list.ts') },
    { name: 'set', summary: 'ask for approval', load: () => import('./set.ts') },
    { name: 'delete', summary: 'take a policy off', load: () => import('./delete.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config policy set order/ --approvals 1 --approver li --approver wang', ''],
      ['waypost config policy list', ''],
    ),
  )
}
