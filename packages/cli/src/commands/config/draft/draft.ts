import type { Command } from 'commander'
import { addCommands } from '../../../command-line/commands.ts'
import { examples } from '../../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Propose a change: save it, submit it, let others approve it, and publish it.')
  addCommands(command, [
    { name: 'save', summary: 'save a draft', load: () => import('./save.ts') },
    { name: 'list', summary: 'list the drafts', load: () => import('./list.ts') },
    { name: 'show', summary: 'show what a draft would change', load: () => import('./show.ts') },
    { name: 'submit', summary: 'submit a draft for review', load: () => import('./submit.ts') },
    { name: 'approve', summary: "approve somebody else's draft", load: () => import('./approve.ts') },
    { name: 'reject', summary: 'return a draft to its author', load: () => import('./reject.ts') },
    { name: 'discard', summary: 'delete a draft', load: () => import('./discard.ts') },
    { name: 'publish', summary: 'release a draft', load: () => import('./publish.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config draft save order/application.yaml application.yaml -m "more time"', ''],
      ['waypost config draft submit order/application.yaml', ''],
      ['waypost config draft approve order/application.yaml', 'another person'],
      ['waypost config draft publish order/application.yaml', ''],
    ),
  )
}
