import type { QueueEvent } from '@waypost/coordination'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { withCoordination } from '../../store/store.ts'
import { onInterrupt } from '../../terminal/interrupt.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Follow what happens to the jobs of a queue, one line each, until Ctrl+C.')
    .argument('<queue>')
    .addHelpText('after', examples(['waypost queue watch mail', ''], ['waypost queue watch mail -w json', '']))
    .action(watch)
}

async function watch(name: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  using interrupt = onInterrupt()
  await withCoordination(options, async (coordination) => {
    for await (const event of coordination.queue(name).events({ signal: interrupt.signal })) {
      await output.print(options, { simple: () => line(event), json: () => event })
    }
  })
}

function line({ type, id = '', attempt, worker, error, result, progress, revision }: QueueEvent): string {
  const facts = [
    attempt === undefined ? undefined : `attempt ${attempt}`,
    worker === undefined ? undefined : `worker ${worker}`,
    error === undefined ? undefined : oneLine(error),
    result === undefined ? undefined : oneLine(JSON.stringify(result)),
    progress === undefined ? undefined : oneLine(JSON.stringify(progress)),
  ].filter((fact) => fact !== undefined)
  return `${revision}  ${type.padEnd(9)}  ${oneLine(id)}${facts.length > 0 ? `  ${facts.join(', ')}` : ''}\n`
}
