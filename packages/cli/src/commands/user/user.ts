import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('The users who may log in, and their roles.')
  addCommands(command, [
    { name: 'add', summary: 'create a user', load: () => import('./add.ts') },
    { name: 'delete', summary: 'delete a user', load: () => import('./delete.ts') },
    { name: 'get', summary: 'show the roles of a user', load: () => import('./get.ts') },
    { name: 'list', summary: 'list all users', load: () => import('./list.ts') },
    { name: 'passwd', summary: 'change a password', load: () => import('./passwd.ts') },
    { name: 'grant-role', summary: 'grant a role to a user', load: () => import('./grant-role.ts') },
    { name: 'revoke-role', summary: 'revoke a role from a user', load: () => import('./revoke-role.ts') },
  ])
  command.addHelpText('after', examples(['waypost user add ann', ''], ['waypost user grant-role ann reader', '']))
}
