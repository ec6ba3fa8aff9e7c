import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { parseLimit } from '../../../command-line/parse-values.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { addAuthorOptions } from '../release/author.ts'
import { confirmBreakingChange } from '../release/confirm-breaking-change.ts'
import { reportRelease } from '../release/make-release.ts'
import { addSafetyOptions, addWaitOption, publishOptions, type ReleaseOptions } from '../release/release-options.ts'

export const output = factsOutput

export function define(command: Command): void {
  addHubOption(
    addWaitOption(
      addSafetyOptions(
        addAuthorOptions(
          command
            .description('Release the document of a canary to everybody, and end the canary.')
            .argument('<path>')
            .argument('<name>', 'of the canary')
            .option(
              '--expected-release <n>',
              'the release that may be replaced (default: the latest when the canary was created)',
              parseLimit,
            ),
        ),
      ),
    ),
  )
    .addHelpText('after', examples(['waypost config canary promote order/application.yaml pool --wait 10s', '']))
    .action(promote)
}

async function promote(path: string, name: string, _own: ReleaseOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ReleaseOptions & HubOption>()
  const given = publishOptions(options)
  await withConfigWriter(
    options,
    async (config, { canaries }) => {
      const released = await confirmBreakingChange(options, (validate) =>
        canaries.promote(path, name, { ...given, validate }),
      )
      await reportRelease(config, released, `Promoted the canary ${name}:`, options)
    },
    { action: 'publish', subject: path },
  )
}
