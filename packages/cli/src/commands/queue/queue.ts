import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Inspect queues of jobs, add jobs, and retry failed ones.')
  addCommands(command, [
    { name: 'list', summary: 'list the queues, or count the jobs of one', load: () => import('./list.ts') },
    { name: 'add', summary: 'add a job', load: () => import('./add.ts') },
    { name: 'peek', summary: 'show the jobs that are taken next', load: () => import('./peek.ts') },
    { name: 'retry', summary: 'make a job available now', load: () => import('./retry.ts') },
    { name: 'redrive', summary: 'put every dead letter back', load: () => import('./redrive.ts') },
    { name: 'pause', summary: 'stop workers from taking jobs', load: () => import('./pause.ts') },
    { name: 'resume', summary: 'let workers take jobs again', load: () => import('./resume.ts') },
    { name: 'purge', summary: 'delete jobs', load: () => import('./purge.ts') },
    { name: 'watch', summary: 'follow what happens to jobs', load: () => import('./watch.ts') },
  ])
  command.addHelpText('after', examples(['waypost queue list', ''], ['waypost queue redrive mail', '']))
}
