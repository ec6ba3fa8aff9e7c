import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withCoordination } from '../../store/store.ts'
import { canAsk, confirm } from '../../terminal/confirm.ts'

export const output = factsOutput

const kinds = ['waiting', 'completed', 'dead', 'all'] as const

interface PurgeOptions extends GlobalOptions {
  readonly yes?: true
}

export function define(command: Command): void {
  command
    .description('Delete jobs that no worker has: `waiting`, `completed` (the results), `dead`, or `all` of them.')
    .argument('<queue>')
    .argument('<which>', kinds.join(', '))
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples(['waypost queue purge mail dead --yes', '']))
    .action(purge)
}

async function purge(name: string, which: string, _own: PurgeOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<PurgeOptions>()
  const kind = kinds.find((each) => each === which)
  if (kind === undefined) throw new UsageError(`${which} cannot be purged: use ${kinds.join(', ')}.`)
  if (options.yes !== true && !(canAsk() && (await confirm(`Take ${kind} jobs of the queue ${name} away?`)))) {
    throw new UsageError('Nothing was deleted. Use --yes to delete without a prompt.')
  }
  await withCoordination(options, async (coordination) => {
    const count = await coordination.queue(name).purge(kind)
    await output.print(options, { simple: () => `Took ${count} jobs away.\n`, json: () => ({ count }) })
  })
}
