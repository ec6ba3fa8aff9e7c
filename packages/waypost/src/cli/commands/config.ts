import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('Configuration is kept in the keys below /config/ and addressed by the path after that.')
  addCommands(command, [
    { name: 'get', summary: 'print a value', load: () => import('./config/get.ts') },
    { name: 'set', summary: 'write a value', load: () => import('./config/set.ts') },
    { name: 'delete', summary: 'delete a value', load: () => import('./config/delete.ts') },
    { name: 'watch', summary: 'follow values', load: () => import('./config/watch.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config set order/timeout 30', ''],
      ['waypost config set order/application.yaml < application.yaml', ''],
      ['waypost config get order/timeout', ''],
      ['waypost config watch --prefix order/', ''],
    ),
  )
}
