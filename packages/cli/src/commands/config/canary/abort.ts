import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { type AuthorOptions, addAuthorOptions, authorship } from '../release/author.ts'

export const output = factsOutput

export function define(command: Command): void {
  addHubOption(
    addAuthorOptions(
      command
        .description('Abort a canary: its instances get the released document again.')
        .argument('<path>')
        .argument('<name>', 'of the canary'),
    ),
  )
    .addHelpText('after', examples(['waypost config canary abort order/application.yaml pool -m "too slow"', '']))
    .action(abort)
}

async function abort(path: string, name: string, _own: AuthorOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AuthorOptions & HubOption>()
  await withConfigWriter(
    options,
    async (_config, { canaries }) => {
      await canaries.abort(path, name, authorship(options))
      const sentence = `Took the canary ${name} of ${path} back.\n`
      await output.print(options, { simple: () => sentence, json: () => ({ path, name, aborted: true }) })
    },
    { action: 'publish', subject: path },
  )
}
