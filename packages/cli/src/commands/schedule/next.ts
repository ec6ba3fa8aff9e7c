import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { factsOutput } from '../../print/output.ts'
import { addGroupOption, type GroupOptions, withSchedules } from './group-option.ts'

export const output = factsOutput

interface NextOptions extends GroupOptions {
  readonly count: number
}

export function define(command: Command): void {
  addGroupOption(command)
    .description('Show when a schedule runs next.')
    .argument('<name>')
    .option('--count <n>', 'how many times', parsePositive, 5)
    .addHelpText('after', examples(['waypost schedule next nightly --count 10', '']))
    .action(next)
}

async function next(name: string, _own: NextOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<NextOptions>()
  await withSchedules(options, async (schedules) => {
    const times = await schedules.next(name, { count: options.count })
    const text = (): string =>
      times.length === 0 ? 'Never.\n' : times.map((time) => `${time.toISOString()}\n`).join('')
    await output.print(options, { simple: text, json: () => times })
  })
}
