import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Inspect schedules and their runs; change, trigger and pause them.')
  addCommands(command, [
    { name: 'list', summary: 'list the schedules', load: () => import('./list.ts') },
    { name: 'put', summary: 'create or replace a schedule', load: () => import('./put.ts') },
    { name: 'delete', summary: 'delete a schedule and its history', load: () => import('./delete.ts') },
    { name: 'trigger', summary: 'run a schedule now', load: () => import('./trigger.ts') },
    { name: 'pause', summary: 'pause a schedule', load: () => import('./pause.ts') },
    { name: 'resume', summary: 'resume a schedule', load: () => import('./resume.ts') },
    { name: 'history', summary: 'show the runs of a schedule', load: () => import('./history.ts') },
    { name: 'next', summary: 'show when a schedule runs next', load: () => import('./next.ts') },
  ])
  command.addHelpText('after', examples(['waypost schedule list', ''], ['waypost schedule trigger nightly', '']))
}
