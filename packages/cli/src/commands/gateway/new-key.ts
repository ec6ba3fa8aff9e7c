import { hash, randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Create a random API key for a client, and its hash for the routes. The key is shown only once.')
    .argument('<id>', "the client's name in the policy")
    .addHelpText('after', examples(['waypost gateway new-key acme', '']))
    .action(newKey)
}

async function newKey(id: string, _own: GlobalOptions, command: Command): Promise<void> {
  const key = `wp_${randomBytes(32).toString('base64url')}`
  const sha256 = hash('sha256', key, 'hex')
  await output.print(command.optsWithGlobals<GlobalOptions>(), {
    simple: () => `The key, for the client: ${key}\nFor the policy:\n  ${id}: { sha256: ${sha256} }\n`,
    json: () => ({ id, key, sha256 }),
  })
}
