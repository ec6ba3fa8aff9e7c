import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    "A context is a name for a store: its endpoints, user, namespace and certificates. Contexts are kept in the user's " +
      'configuration directory, passwords only by reference.',
  )
  addCommands(command, [
    { name: 'add', summary: 'add a context, or replace one', load: () => import('./add.ts') },
    { name: 'use', summary: 'choose the current context', load: () => import('./use.ts') },
    { name: 'list', summary: 'list the contexts', load: () => import('./list.ts') },
    { name: 'remove', summary: 'remove a context', load: () => import('./remove.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost context add prod --endpoints https://10.0.0.1:2379 --user ann --password-env PROD_PASSWORD', ''],
      ['waypost context use prod', ''],
      ['waypost status --context prod', 'for this command only'],
    ),
  )
}
