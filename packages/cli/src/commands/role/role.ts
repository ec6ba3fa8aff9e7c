import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('What users may read and write: roles hold permissions, users hold roles.')
  addCommands(command, [
    { name: 'add', summary: 'create a role', load: () => import('./add.ts') },
    { name: 'delete', summary: 'delete a role', load: () => import('./delete.ts') },
    { name: 'get', summary: 'show what a role permits', load: () => import('./get.ts') },
    { name: 'list', summary: 'list all roles', load: () => import('./list.ts') },
    {
      name: 'grant-permission',
      summary: 'grant a permission to a role',
      load: () => import('./grant-permission.ts'),
    },
    {
      name: 'revoke-permission',
      summary: 'revoke a permission from a role',
      load: () => import('./revoke-permission.ts'),
    },
  ])
  command.addHelpText(
    'after',
    examples(['waypost role add reader', ''], ['waypost role grant-permission reader read --prefix /config/', '']),
  )
}
