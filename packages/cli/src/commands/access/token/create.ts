import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { parsePositive } from '../../../command-line/parse-values.ts'
import { HubApi } from '../../../hub-api/hub-api.ts'
import { addHubOption, type HubOption, neededHub } from '../../../hub-api/hub-option.ts'
import { factsOutput } from '../../../print/output.ts'
import { readTokenFacts } from './token-facts.ts'

export const output = factsOutput

interface CreateOptions extends GlobalOptions, HubOption {
  readonly days: number
}

export function define(command: Command): void {
  addHubOption(
    command
      .description(
        'Make a token with the rights of the user who logs in. It is printed once, and nobody can read it again.',
      )
      .argument('<name>', 'what it is for')
      .option('--days <n>', 'how long it lives', parsePositive, 90),
  )
    .addHelpText('after', examples(['waypost access token create deploy --days 30 --hub http://127.0.0.1:8379', '']))
    .action(create)
}

async function create(name: string, _own: CreateOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<CreateOptions>()
  const api = new HubApi(neededHub(options), options)
  const answer = await api.ask('POST', '/v1/tokens', { body: { name, expiresInDays: options.days } })
  const { token } = Object(answer)
  await output.print(options, {
    simple: () => `${token}\n`,
    json: () => ({ ...readTokenFacts(answer), token }),
  })
}
