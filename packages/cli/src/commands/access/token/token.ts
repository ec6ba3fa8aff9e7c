import type { Command } from 'commander'
import { addCommands } from '../../../command-line/commands.ts'
import { examples } from '../../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    'Named tokens of the hub, for machines: each has the rights of the user who made it, until it is revoked or expires. ' +
      'Commands that ask a hub take one from WAYPOST_TOKEN.',
  )
  addCommands(command, [
    { name: 'create', summary: 'make a token', load: () => import('./create.ts') },
    { name: 'list', summary: 'list the tokens', load: () => import('./list.ts') },
    { name: 'revoke', summary: 'make a token worthless', load: () => import('./revoke.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost access token create deploy --days 30 --hub http://127.0.0.1:8379 --user ci', ''],
      ['waypost access token list --hub http://127.0.0.1:8379', ''],
    ),
  )
}
