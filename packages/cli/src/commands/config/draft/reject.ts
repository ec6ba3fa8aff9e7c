import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { factsOutput } from '../../../print/output.ts'
import { actOnDraft, addDraftOptions } from './draft-action.ts'

export const output = factsOutput

export function define(command: Command): void {
  addDraftOptions(command)
    .description('Return a submitted or approved draft to its author, with the comment as the reason.')
    .addHelpText('after', examples(['waypost config draft reject order/application.yaml', '']))
    .action((path: string, _own: unknown, self: Command) =>
      actOnDraft(self, 'Rejected', (drafts, options) => drafts.reject(path, options)),
    )
}
