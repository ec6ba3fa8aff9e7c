import type { PermissionType } from '@waypost/client'
import { type Command, InvalidArgumentError } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { type RangeOptions, rangeSelector } from '../../command-line/range-selector.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Let a role read or write a key, or the keys from <key> up to [end], exclusive.')
    .argument('<role>')
    .argument('<type>', 'read, write or readwrite', parseType)
    .argument('<key>')
    .argument('[end]')
    .option('--prefix', 'all keys that start with <key>')
    .option('--from-key', 'all keys from <key>, in byte order')
    .addHelpText('after', examples(['waypost role grant-permission reader read --prefix /config/', '']))
    .action(grant)
}

async function grant(
  role: string,
  type: PermissionType,
  key: string,
  end: string | undefined,
  own: RangeOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const range = rangeSelector(key, end, own)
  await withStore(options, async (etcd) => {
    await etcd.auth.roles.grant(role, type, range)
    await reportDone(etcd, options, `Role ${role} updated\n`)
  })
}

function parseType(text: string): PermissionType {
  const type = text.toLowerCase()
  if (type === 'read' || type === 'write' || type === 'readwrite') return type
  throw new InvalidArgumentError('It is read, write or readwrite.')
}
