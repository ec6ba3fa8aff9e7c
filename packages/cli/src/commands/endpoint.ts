import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('Ask each endpoint about itself.')
  addCommands(command, [
    { name: 'status', summary: 'show version, size, revision and leader', load: () => import('./endpoint/status.ts') },
    { name: 'health', summary: 'see whether it answers', load: () => import('./endpoint/health.ts') },
    { name: 'hashkv', summary: 'hash the keys, to compare members with', load: () => import('./endpoint/hashkv.ts') },
  ])
  command.addHelpText('after', examples(['waypost endpoint health --cluster', '']))
}
