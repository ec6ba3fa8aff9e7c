import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('The users who may log in, and their roles.')
  addCommands(command, [
    { name: 'add', summary: 'make a user', load: () => import('./user/add.ts') },
    { name: 'delete', summary: 'delete a user', load: () => import('./user/delete.ts') },
    { name: 'get', summary: 'show the roles of a user', load: () => import('./user/get.ts') },
    { name: 'list', summary: 'list all users', load: () => import('./user/list.ts') },
    { name: 'passwd', summary: 'change a password', load: () => import('./user/passwd.ts') },
    { name: 'grant-role', summary: 'give a user a role', load: () => import('./user/grant-role.ts') },
    { name: 'revoke-role', summary: 'take a role from a user', load: () => import('./user/revoke-role.ts') },
  ])
  command.addHelpText('after', examples(['waypost user add ann', ''], ['waypost user grant-role ann reader', '']))
}
