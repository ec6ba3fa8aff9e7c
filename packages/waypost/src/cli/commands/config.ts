import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('Configuration is kept in the keys below /config/ and addressed by the path after that.')
  addCommands(command, [
    { name: 'get', summary: 'print a document', load: () => import('./config/get.ts') },
    { name: 'set', summary: 'release a value', load: () => import('./config/set.ts') },
    { name: 'edit', summary: 'change a document in an editor', load: () => import('./config/edit.ts') },
    { name: 'publish', summary: 'release a document', load: () => import('./config/publish.ts') },
    { name: 'delete', summary: 'delete a document', load: () => import('./config/delete.ts') },
    { name: 'history', summary: 'list the releases of a document', load: () => import('./config/history.ts') },
    { name: 'diff', summary: 'show what a release changed', load: () => import('./config/diff.ts') },
    { name: 'rollback', summary: 'release what was before', load: () => import('./config/rollback.ts') },
    { name: 'watch', summary: 'follow values', load: () => import('./config/watch.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config set order/timeout 30', ''],
      ['waypost config publish order/application.yaml application.yaml', ''],
      ['waypost config edit order/application.yaml', ''],
      ['waypost config get order/timeout', ''],
      ['waypost config watch --prefix order/', ''],
    ),
  )
}
