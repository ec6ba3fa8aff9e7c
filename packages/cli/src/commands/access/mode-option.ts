import type { AccessMode } from '@waypost/config/admin'
import { type Command, Option } from 'commander'

export interface ModeOption {
  readonly mode?: AccessMode
}

/** `--mode`: in the words of which mode a right is granted or looked at. */
export function addModeOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--mode <mode>',
      'direct: write the keys; strict: ask the hub to write them (default: the mode of the store)',
    ).choices(['direct', 'strict']),
  )
}
