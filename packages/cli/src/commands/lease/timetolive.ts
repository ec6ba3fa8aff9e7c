import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseLeaseId } from '../../command-line/parse-values.ts'
import { headerLines, leaseTimesLines } from '../../print/fields.ts'
import { leaseTimesJson } from '../../print/json.ts'
import { leaseTimesSimple } from '../../print/simple.ts'
import { headerAt, withStore } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

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
      terminal.write((await import('./lease-table.ts')).leaseTimesTable([lease]))
    } else terminal.write(leaseTimesSimple(lease, keys))
  })
}
