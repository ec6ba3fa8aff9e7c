import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { factsOutput } from '../../../print/output.ts'
import { actOnDraft, addDraftOptions } from './draft-action.ts'

export const output = factsOutput

export function define(command: Command): void {
  addDraftOptions(command)
    .description('Submit a draft for review. It must parse and fit the schema that is stored for its path.')
    .addHelpText('after', examples(['waypost config draft submit order/application.yaml', '']))
    .action((path: string, _own: unknown, self: Command) =>
      actOnDraft(self, 'Submitted', (drafts, options) => drafts.submit(path, options)),
    )
}
