import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { authorship } from '../release/author.ts'
import { addDraftOptions, type DraftCommandOptions } from './draft-action.ts'

export const output = factsOutput

export function define(command: Command): void {
  addDraftOptions(command)
    .description('Delete a draft.')
    .addHelpText('after', examples(['waypost config draft discard order/application.yaml', '']))
    .action(discard)
}

async function discard(path: string, _own: DraftCommandOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DraftCommandOptions>()
  const { revision } = options
  await withConfigWriter(
    options,
    async (_config, { drafts }) => {
      await drafts.discard(path, { ...authorship(options), revision })
      await output.print(options, {
        simple: () => `Discarded the draft of ${path}.\n`,
        json: () => ({ path, discarded: true }),
      })
    },
    { action: 'publish', subject: path },
  )
}
