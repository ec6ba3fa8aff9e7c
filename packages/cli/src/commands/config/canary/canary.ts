import type { Command } from 'commander'
import { addCommands } from '../../../command-line/commands.ts'
import { examples } from '../../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Give a document to some instances first, and then to all or to none.')
  addCommands(command, [
    { name: 'list', summary: 'list the canaries of a document', load: () => import('./list.ts') },
    { name: 'create', summary: 'give some instances another document', load: () => import('./create.ts') },
    { name: 'raise', summary: 'give it to more instances', load: () => import('./raise.ts') },
    { name: 'promote', summary: 'release it for all', load: () => import('./promote.ts') },
    { name: 'abort', summary: 'take it back', load: () => import('./abort.ts') },
    { name: 'guard', summary: 'take back those that pass their limits', load: () => import('./guard.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config canary create order/application.yaml pool new.yaml --percent 5', ''],
      ['waypost config canary raise order/application.yaml pool 50', ''],
      ['waypost config status order/application.yaml', 'who runs what'],
      ['waypost config canary promote order/application.yaml pool', ''],
    ),
  )
}
