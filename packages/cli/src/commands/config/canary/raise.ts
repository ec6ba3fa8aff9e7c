import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { parsePercent } from '../../../command-line/parse-values.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { addAuthorOptions, authorship } from '../release/author.ts'
import { confirmBreakingChange } from '../release/confirm-breaking-change.ts'
import type { ReleaseOptions } from '../release/release-options.ts'

export const output = factsOutput

export function define(command: Command): void {
  addHubOption(
    addAuthorOptions(
      command
        .description('Raise the percentage of a canary. Instances that have it keep it.')
        .argument('<path>')
        .argument('<name>', 'of the canary')
        .argument('<percent>', 'of the instances', parsePercent),
    ),
  )
    .option('-y, --yes', 'do not ask, even if live processes would reject it')
    .addHelpText('after', examples(['waypost config canary raise order/application.yaml pool 50', '']))
    .action(raise)
}

async function raise(
  path: string,
  name: string,
  percent: number,
  _own: ReleaseOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<ReleaseOptions & HubOption>()
  const given = authorship(options)
  await withConfigWriter(
    options,
    async (_config, { canaries }) => {
      await confirmBreakingChange(options, (validate) => canaries.raise(path, name, percent, { ...given, validate }))
      const sentence = `Raised the canary ${name} of ${path} to ${percent} %.\n`
      await output.print(options, { simple: () => sentence, json: () => ({ path, name, percent }) })
    },
    { action: 'publish', subject: path },
  )
}
