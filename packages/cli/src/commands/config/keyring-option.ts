import type { Keyring } from '@waypost/config'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'

export interface KeyringOptions extends GlobalOptions {
  readonly keysFile?: string
}

export function addKeyringOption(command: Command): Command {
  return command.option(
    '--keys-file <file>',
    'the keys (default: WAYPOST_CONFIG_KEYS, or the file that WAYPOST_CONFIG_KEYS_FILE names)',
  )
}

/** The keys that the command line or the environment name; `undefined` for none. */
export async function optionalKeyring({ keysFile }: KeyringOptions): Promise<Keyring | undefined> {
  const { environmentKeyring, readKeyring } = await import('@waypost/config')
  return keysFile === undefined ? environmentKeyring() : readKeyring(keysFile)
}

export async function requiredKeyring(options: KeyringOptions): Promise<Keyring> {
  const keyring = await optionalKeyring(options)
  if (keyring) return keyring
  throw new UsageError(
    'No key is given: set WAYPOST_CONFIG_KEYS, or give --keys-file. `waypost config new-key` makes one.',
  )
}
