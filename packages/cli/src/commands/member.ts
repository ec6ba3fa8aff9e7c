import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('The members that a store consists of.')
  addCommands(command, [
    { name: 'list', summary: 'list the members', load: () => import('./member/list.ts') },
    { name: 'add', summary: 'add a member', load: () => import('./member/add.ts') },
    { name: 'remove', summary: 'remove a member', load: () => import('./member/remove.ts') },
    { name: 'update', summary: 'tell a member where it is reached', load: () => import('./member/update.ts') },
    { name: 'promote', summary: 'give a learner a vote', load: () => import('./member/promote.ts') },
  ])
  command.addHelpText('after', examples(['waypost member list', '']))
}
