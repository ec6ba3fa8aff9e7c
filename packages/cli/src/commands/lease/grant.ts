import { type Command, InvalidArgumentError } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { headerLines, leaseLines } from '../../print/fields.ts'
import { leaseGrantJson } from '../../print/json.ts'
import { Output } from '../../print/output.ts'
import { leaseGrantSimple } from '../../print/simple.ts'
import { headerAt, withStore } from '../../store/store.ts'

export const output = new Output('simple', 'json', 'fields')

export function define(command: Command): void {
  command
    .description('Grant a lease that expires after <seconds> unless it is renewed. Prints its id.')
    .argument('<seconds>', 'the store may choose more; the minimum is 2', parseSeconds)
    .addHelpText('after', examples(['waypost lease grant 60', '']))
    .action(grant)
}

async function grant(ttlSeconds: number, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withStore(options, async (etcd) => {
    const lease = await etcd.leases.grant({ ttlSeconds, keepAlive: false })
    await output.print(options, {
      simple: () => leaseGrantSimple(lease),
      json: async () => leaseGrantJson(await headerAt(etcd), lease),
      fields: async () => headerLines(await headerAt(etcd)) + leaseLines(lease),
    })
  })
}

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(seconds)) {
    throw new InvalidArgumentError('The time is a whole number of seconds.')
  }
  return seconds
}
