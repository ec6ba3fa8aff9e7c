import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseLeaseId } from '../../command-line/parse-values.ts'
import { headerLines, leaseTimesLines } from '../../print/fields.ts'
import { leaseTimesJson } from '../../print/json.ts'
import { Output } from '../../print/output.ts'
import { leaseTimesSimple } from '../../print/simple.ts'
import { headerAt, withStore } from '../../store/store.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

interface TimeToLiveOptions extends GlobalOptions {
  readonly keys?: true
}

export function define(command: Command): void {
  command
    .description('Show the granted and the remaining time of a lease.')
    .argument('<id>', 'the lease, in hexadecimal', parseLeaseId)
    .option('--keys', 'also list the keys that are attached to it')
    .addHelpText('after', examples(['waypost lease timetolive 694d7f9a2c1be805 --keys', '']))
    .action(timeToLive)
}

async function timeToLive(id: bigint, _own: TimeToLiveOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<TimeToLiveOptions>()
  const { keys = false } = options
  const countsKeys = output.choose(options, { simple: false, json: false, fields: false, table: true })
  await withStore(
    options,
    async (etcd) => {
      const lease = { id, ...(await etcd.leases.timeToLive(id, { keys: keys || countsKeys })) }
      await output.print(options, {
        simple: () => leaseTimesSimple(lease, keys),
        json: async () => leaseTimesJson(await headerAt(etcd), lease),
        fields: async () => headerLines(await headerAt(etcd)) + leaseTimesLines(lease),
        table: async () => (await import('./lease-table.ts')).leaseTimesTable([lease]),
      })
    },
    { needs: 'it needs read permission on every key of the lease' },
  )
}
