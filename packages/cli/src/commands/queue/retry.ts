import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withCoordination } from '../../store/store.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Make a job available now: a dead letter, or one that waits for its next attempt.')
    .argument('<queue>')
    .argument('<job>')
    .addHelpText('after', examples(['waypost queue retry mail order-7', '']))
    .action(retry)
}

async function retry(name: string, id: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withCoordination(options, async (coordination) => {
    if (!(await coordination.queue(name).retry(id))) {
      throw new WaypostError('not-found', `The queue ${name} has no dead letter and no delayed job ${id}.`)
    }
    await output.print(options, { simple: () => `The job ${id} may be taken now.\n`, json: () => ({ id }) })
  })
}
