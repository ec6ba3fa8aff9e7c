import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { headerLines, leaseTimesLines } from '../../output/fields.ts'
import { leaseTimesJson } from '../../output/json.ts'
import { leaseTimesSimple } from '../../output/simple.ts'
import { parseLeaseId } from '../../parse-values.ts'
import { headerAt, withStore } from '../../store.ts'
import { terminal } from '../../terminal.ts'

interface TimeToLiveOptions extends GlobalOptions {
  readonly keys?: true
}

export function define(command: Command): void {
  command
    .description('Show how long a lease was granted for and has left.')
    .argument('<id>', 'the lease, in hexadecimal', parseLeaseId)
    .option('--keys', 'name the keys that hang on it, too')
    .addHelpText('after', examples(['waypost lease timetolive 694d7f9a2c1be805 --keys', '']))
    .action(timeToLive)
}

async function timeToLive(id: bigint, _own: TimeToLiveOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<TimeToLiveOptions>()
  const { keys = false, writeOut } = options
  await withStore(options, async (etcd) => {
    const lease = { id, ...(await etcd.leases.timeToLive(id, { keys: keys || writeOut === 'table' })) }
    if (writeOut === 'json') terminal.write(leaseTimesJson(await headerAt(etcd), lease))
    else if (writeOut === 'fields') terminal.write(headerLines(await headerAt(etcd)) + leaseTimesLines(lease))
    else if (writeOut === 'table') {
      terminal.write((await import('../../output/lease-table.ts')).leaseTimesTable([lease]))
    } else terminal.write(leaseTimesSimple(lease, keys))
  })
}
