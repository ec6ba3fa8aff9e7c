import { prefixEnd } from '@waypost/protocol'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { type RangeOptions, rangeSelector } from '../../command-line/range-selector.ts'
import { doneOutput, reportDone } from '../../print/report-done.ts'
import { withStore } from '../../store/store.ts'

export const output = doneOutput

export function define(command: Command): void {
  command
    .description('Revoke a permission from a role. The range must be exactly one that was granted.')
    .argument('<role>')
    .argument('<key>')
    .argument('[end]')
    .option('--prefix', 'all keys that start with <key>')
    .option('--from-key', 'all keys from <key>, in byte order')
    .addHelpText('after', examples(['waypost role revoke-permission reader --prefix /config/', '']))
    .action(revoke)
}

async function revoke(
  role: string,
  key: string,
  end: string | undefined,
  own: RangeOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const range = rangeSelector(key, end, own)
  await withStore(options, async (etcd) => {
    await etcd.auth.roles.revoke(role, range)
    await reportDone(etcd, options, `Permission of ${rangeName(key, end, own)} is revoked from role ${role}\n`)
  })
}

function rangeName(key: string, end: string | undefined, { prefix, fromKey }: RangeOptions): string {
  if (fromKey || (prefix && key === '')) return `range [${key === '' ? '\0' : key}, <open ended>`
  const rangeEnd = prefix ? Buffer.from(prefixEnd(Buffer.from(key))).toString() : end
  return rangeEnd === undefined ? `key ${key}` : `range [${key}, ${rangeEnd})`
}
