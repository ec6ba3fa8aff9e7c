import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    'Who may read, publish and approve documents, and operate and register services. Each of these actions stands for ' +
      "permissions on keys, which are granted to the store's own roles.",
  )
  addCommands(command, [
    { name: 'grant', summary: 'let a user or a role do something', load: () => import('./grant.ts') },
    { name: 'revoke', summary: 'revoke what was granted', load: () => import('./revoke.ts') },
    { name: 'show', summary: 'show what a user or a role may do', load: () => import('./show.ts') },
    { name: 'why', summary: 'explain why a user may or may not do something', load: () => import('./why.ts') },
    { name: 'mode', summary: 'show or set whether only the hub writes', load: () => import('./mode.ts') },
    { name: 'check', summary: 'show who could bypass the hub', load: () => import('./check.ts') },
    { name: 'token', summary: 'make and revoke tokens for machines', load: () => import('./token/token.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost access grant ann publish order/', 'documents below order/'],
      ['waypost access grant order-service register order', 'a service'],
      ['waypost access why ann publish order/application.yaml', ''],
    ),
  )
}
