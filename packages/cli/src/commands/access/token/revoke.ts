import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { HubApi } from '../../../hub-api/hub-api.ts'
import { addHubOption, type HubOption, neededHub } from '../../../hub-api/hub-option.ts'
import { factsOutput } from '../../../print/output.ts'

export const output = factsOutput

type RevokeOptions = GlobalOptions & HubOption

export function define(command: Command): void {
  addHubOption(
    command
      .description('Make a token worthless, at all hubs at once. What is open with it ends.')
      .argument('<id>', 'as `access token list` shows it'),
  )
    .addHelpText('after', examples(['waypost access token revoke 0123456789abcdef --hub http://127.0.0.1:8379', '']))
    .action(revoke)
}

async function revoke(id: string, _own: RevokeOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<RevokeOptions>()
  const api = new HubApi(neededHub(options), options)
  const { revoked } = Object(await api.ask('DELETE', `/v1/tokens/${encodeURIComponent(id)}`))
  if (revoked !== true) throw new WaypostError('not-found', `There is no token ${id}.`)
  await output.print(options, { simple: () => `Revoked the token ${id}.\n`, json: () => ({ id, revoked }) })
}
