import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { jsonLine } from '../../../print/go-json.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { authorship } from '../release/author.ts'
import { addDraftOptions, type DraftCommandOptions } from './draft-action.ts'

export function define(command: Command): void {
  addDraftOptions(command)
    .description('Delete a draft.')
    .addHelpText('after', examples(['waypost config draft discard order/application.yaml', '']))
    .action(discard)
}

async function discard(path: string, _own: DraftCommandOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DraftCommandOptions>()
  const { revision, writeOut } = options
  await withConfig(options, async (config) => {
    await config.drafts.discard(path, { ...authorship(options), revision })
    terminal.write(writeOut === 'json' ? jsonLine({ path, discarded: true }) : `Discarded the draft of ${path}.\n`)
  })
}
