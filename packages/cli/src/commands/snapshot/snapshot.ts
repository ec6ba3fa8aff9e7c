import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description(
    'A snapshot is the whole store in one file: an etcd database, which etcd and Waypost can both start from.',
  )
  addCommands(command, [
    { name: 'save', summary: 'write the store to a file', load: () => import('./save.ts') },
    { name: 'schedule', summary: 'save one again and again', load: () => import('./schedule.ts') },
    { name: 'status', summary: 'show what is in a snapshot', load: () => import('./status.ts') },
    { name: 'restore', summary: 'create a data directory from a snapshot', load: () => import('./restore.ts') },
  ])
  command.addHelpText(
    'after',
    examples(['waypost snapshot save backup.db', ''], ['waypost snapshot status backup.db', '']),
  )
}
