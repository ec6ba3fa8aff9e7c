import type { Schedules } from '@waypost/coordination'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { withCoordination } from '../../store/store.ts'

export interface GroupOptions extends GlobalOptions {
  readonly group: string
}

/** The option that every command about schedules has. */
export function addGroupOption(command: Command): Command {
  return command.option('--group <name>', 'the schedules of this group', 'default')
}

export function withSchedules(options: GroupOptions, use: (schedules: Schedules) => Promise<void>): Promise<void> {
  return withCoordination(options, (coordination) => use(coordination.schedulesOf(options.group)))
}
