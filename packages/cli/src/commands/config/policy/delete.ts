import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { scopeWrites } from '../../../access/asked.ts'
import { examples } from '../../../command-line/help.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { type AuthorOptions, addAuthorOptions, authorship } from '../release/author.ts'

export const output = factsOutput

export function define(command: Command): void {
  addHubOption(
    addAuthorOptions(command.description('Delete the policy of exactly this path or folder.').argument('<scope>')),
  )
    .addHelpText('after', examples(['waypost config policy delete order/', '']))
    .action(remove)
}

async function remove(scope: string, _own: AuthorOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AuthorOptions & HubOption>()
  await withConfigWriter(
    options,
    async (_config, { policies }) => {
      if (!(await policies.delete(scope, authorship(options)))) {
        throw new WaypostError('not-found', `${scope || 'Everything'} has no policy of its own.`)
      }
      const sentence = `Deleted the policy of ${scope || 'everything'}.\n`
      await output.print(options, { simple: () => sentence, json: () => ({ scope, deleted: true }) })
    },
    scopeWrites('policies', scope),
  )
}
