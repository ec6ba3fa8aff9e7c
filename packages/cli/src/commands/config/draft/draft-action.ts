import type { Draft, DraftOptions } from '@waypost/config/admin'
import type { Command } from 'commander'
import { parseInt64 } from '../../../command-line/parse-values.ts'
import type { ConfigWriter } from '../../../hub-api/config-writer.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { type AuthorOptions, addAuthorOptions, authorship } from '../release/author.ts'

export interface DraftCommandOptions extends AuthorOptions, HubOption {
  readonly revision?: bigint
}

export function addDraftOptions(command: Command): Command {
  return addHubOption(addAuthorOptions(command.argument('<path>'))).option(
    '--revision <n>',
    'fail if the draft is not at this revision, as shown by `draft show`',
    parseInt64,
  )
}

/** Does something with the draft of a path, and says what has become of it. */
export async function actOnDraft(
  command: Command,
  done: string,
  act: (drafts: ConfigWriter['drafts'], options: DraftOptions) => Promise<Draft>,
): Promise<void> {
  const options = command.optsWithGlobals<DraftCommandOptions>()
  await withConfigWriter(
    options,
    async (_config, { drafts }) => {
      const draft = await act(drafts, { ...authorship(options), revision: options.revision })
      await factsOutput.print(options, {
        simple: () => `${done} the draft of ${draft.path} at revision ${draft.revision}: ${stateText(draft)}.\n`,
        json: () => draftFacts(draft),
      })
    },
    { action: 'approve', subject: command.args[0] ?? '' },
  )
}

export function stateText({ state, approvals }: Draft): string {
  if (approvals.length === 0) return state
  return `${state}, approved by ${approvals.map(({ by }) => by).join(', ')}`
}

/** Its facts; the text itself is for `draft show`. */
export function draftFacts({ bytes, ...facts }: Draft): object {
  return { ...facts, deletes: bytes === undefined }
}
