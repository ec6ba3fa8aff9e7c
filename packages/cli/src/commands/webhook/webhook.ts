import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Send events of the timeline to other programs and chats. A hub does the sending.')
  addCommands(command, [
    { name: 'list', summary: 'list the webhooks', load: () => import('./list.ts') },
    { name: 'create', summary: 'send events to a URL from now on', load: () => import('./create.ts') },
    { name: 'pause', summary: 'pause a webhook', load: () => import('./pause.ts') },
    { name: 'resume', summary: 'resume a webhook', load: () => import('./resume.ts') },
    { name: 'delete', summary: 'delete a webhook with its log', load: () => import('./delete.ts') },
    { name: 'test', summary: 'send a test event from this machine', load: () => import('./test.ts') },
    { name: 'deliveries', summary: 'show deliveries', load: () => import('./deliveries.ts') },
  ])
  command.addHelpText('after', examples(['waypost webhook list', ''], ['waypost webhook test wh-3f2a9c01d4e5', '']))
}
