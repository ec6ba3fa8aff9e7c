import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('The members that a store consists of.')
  addCommands(command, [{ name: 'list', summary: 'list the members', load: () => import('./member/list.ts') }])
  command.addHelpText('after', examples(['waypost member list', '']))
}
