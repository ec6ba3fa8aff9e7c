import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('The members of a cluster.')
  addCommands(command, [
    { name: 'list', summary: 'list the members', load: () => import('./list.ts') },
    { name: 'add', summary: 'add a member', load: () => import('./add.ts') },
    { name: 'remove', summary: 'remove a member', load: () => import('./remove.ts') },
    { name: 'update', summary: 'change the peer addresses of a member', load: () => import('./update.ts') },
    { name: 'promote', summary: 'promote a learner to a voting member', load: () => import('./promote.ts') },
  ])
  command.addHelpText('after', examples(['waypost member list', '']))
}
