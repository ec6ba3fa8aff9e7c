import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { factsOutput } from '../../../print/output.ts'
import { actOnDraft, addDraftOptions } from './draft-action.ts'

export const output = factsOutput

export function define(command: Command): void {
  addDraftOptions(command)
    .description(
      'Approve a submitted draft of somebody else. With as many approvals as the policy asks for, it can be published.',
    )
    .addHelpText('after', examples(['waypost config draft approve order/application.yaml', '']))
    .action((path: string, _own: unknown, self: Command) =>
      actOnDraft(self, 'Approved', (drafts, options) => drafts.approve(path, options)),
    )
}
