import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { confirmBreakingChange } from '../release/confirm-breaking-change.ts'
import { reportRelease } from '../release/make-release.ts'
import { addSafetyOptions, addWaitOption, publishAllOptions, type ReleaseOptions } from '../release/release-options.ts'
import { addDraftOptions, type DraftCommandOptions } from './draft-action.ts'

export const output = factsOutput

type PublishDraftOptions = ReleaseOptions & DraftCommandOptions

export function define(command: Command): void {
  addWaitOption(addSafetyOptions(addDraftOptions(command)))
    .description('Release a draft, by default with its author and comment.')
    .addHelpText('after', examples(['waypost config draft publish order/application.yaml --wait 10s', '']))
    .action(publish)
}

async function publish(path: string, _own: PublishDraftOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<PublishDraftOptions>()
  const { author, comment, revision } = options
  await withConfigWriter(
    options,
    async (config, { drafts }) => {
      const released = await confirmBreakingChange(options, (validate) =>
        drafts.publish(path, { ...publishAllOptions(options), author, comment, revision, validate }),
      )
      await reportRelease(config, released, 'Published', options)
    },
    { action: 'publish', subject: path },
  )
}
