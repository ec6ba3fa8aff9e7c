import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Query each endpoint.')
  addCommands(command, [
    { name: 'status', summary: 'show version, size, revision and leader', load: () => import('./status.ts') },
    { name: 'health', summary: 'check whether it answers', load: () => import('./health.ts') },
    { name: 'hashkv', summary: 'hash the keys, to compare members', load: () => import('./hashkv.ts') },
  ])
  command.addHelpText('after', examples(['waypost endpoint health --cluster', '']))
}
