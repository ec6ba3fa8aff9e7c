import type { Command } from 'commander'
import { scopeWrites } from '../../../access/asked.ts'
import { examples } from '../../../command-line/help.ts'
import { parseLimit } from '../../../command-line/parse-values.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { collect } from '../identity-options.ts'
import { type AuthorOptions, addAuthorOptions, authorship } from '../release/author.ts'

export const output = factsOutput

interface SetOptions extends AuthorOptions, HubOption {
  readonly approvals: number
  readonly approver?: readonly string[]
  readonly evenIfUnknown?: true
}

export function define(command: Command): void {
  addHubOption(
    addAuthorOptions(
      command
        .description(
          "Release documents below a scope only with the given number of approvals, none of them by the draft's author.",
        )
        .argument('<scope>')
        .option('--approvals <n>', 'how many; 0: none required', parseLimit, 1)
        .option('--approver <name>', 'who may approve; may be repeated (default: everybody)', collect)
        .option('--even-if-unknown', 'also if the document or the user does not exist yet'),
    ),
  )
    .addHelpText('after', examples(['waypost config policy set order/ --approvals 1 --approver li', '']))
    .action(set)
}

async function set(scope: string, _own: SetOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<SetOptions>()
  const { approvals, approver: approvers, evenIfUnknown } = options
  await withConfigWriter(
    options,
    async (_config, { policies }) => {
      await policies.set(scope, { approvals, approvers }, { ...authorship(options), evenIfUnknown })
      const sentence = `${scope || 'Everything'} needs ${approvals} ${approvals === 1 ? 'approval' : 'approvals'} now.\n`
      await output.print(options, { simple: () => sentence, json: () => ({ scope, approvals, approvers }) })
    },
    scopeWrites('policies', scope),
  )
}
