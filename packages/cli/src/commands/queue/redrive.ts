import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withCoordination } from '../../store/store.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Put every dead letter back into the queue, with all its attempts again.')
    .argument('<queue>')
    .addHelpText('after', examples(['waypost queue redrive mail', '']))
    .action(redrive)
}

async function redrive(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withCoordination(options, async (coordination) => {
    const count = await coordination.queue(name).redrive()
    await output.print(options, { simple: () => `Put ${count} jobs back.\n`, json: () => ({ count }) })
  })
}
