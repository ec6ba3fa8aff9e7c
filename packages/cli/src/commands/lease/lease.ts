import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Keys can be attached to a lease: when the lease expires or is revoked, its keys are deleted.')
  addCommands(command, [
    { name: 'grant', summary: 'grant a lease', load: () => import('./grant.ts') },
    { name: 'revoke', summary: 'revoke a lease and delete its keys', load: () => import('./revoke.ts') },
    { name: 'list', summary: 'list all leases', load: () => import('./list.ts') },
    { name: 'timetolive', summary: 'show the remaining time of a lease', load: () => import('./timetolive.ts') },
    { name: 'keep-alive', summary: 'renew a lease until Ctrl+C', load: () => import('./keep-alive.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost lease grant 60', 'for a minute; prints the id'],
      ['waypost put /services/user/1 127.0.0.1:8080 --lease 694d7f9a2c1be805', ''],
      ['waypost lease keep-alive 694d7f9a2c1be805', ''],
    ),
  )
}
