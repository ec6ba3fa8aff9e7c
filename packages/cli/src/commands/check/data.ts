import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description(
      "Read all of an embedded store's data directory, and verify it. Changes nothing, and " +
        'needs no store. Lists what is damaged or missing, and then exits with code 1.',
    )
    .argument('<directory>', 'the data directory of a stopped store')
    .addHelpText('after', examples(['waypost check data /var/lib/waypost', '']))
    .action(checkDirectory)
}

async function checkDirectory(directory: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { checkData } = await import('@waypost/server')
  const { problems, ...facts } = await checkData(directory)
  const { format, revision, versions, leases, lastCommand } = facts
  await output.print(options, {
    simple: () =>
      problems.map((problem) => `${problem}\n`).join('') +
      `Format ${format}, revision ${revision}, ${versions} versions of keys, ${leases} leases, ${lastCommand} commands: ` +
      `${problems.length === 0 ? 'everything is what was written' : count(problems.length)}.\n`,
    json: () => ({ ...facts, problems }),
  })
  if (problems.length > 0) throw new WaypostError('data-loss', `${directory} is not what was written.`)
}

function count(problems: number): string {
  return problems === 1 ? '1 problem' : `${problems} problems`
}
