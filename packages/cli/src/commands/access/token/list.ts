import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { HubApi } from '../../../hub-api/hub-api.ts'
import { addHubOption, type HubOption, neededHub } from '../../../hub-api/hub-option.ts'
import { listOutput } from '../../../print/output.ts'
import { oneLine } from '../../../print/shown-value.ts'
import { table } from '../../../print/table.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { readTokenFacts, type TokenFacts } from './token-facts.ts'

export const output = listOutput

interface ListOptions extends GlobalOptions, HubOption {
  readonly all?: true
}

export function define(command: Command): void {
  addHubOption(
    command
      .description('List the tokens of the user who logs in.')
      .option('--all', 'those of all users, for the role root'),
  )
    .addHelpText('after', examples(['waypost access token list --all --hub http://127.0.0.1:8379', '']))
    .action(list)
}

async function list(_own: ListOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ListOptions>()
  const tokens = await readTokens(new HubApi(neededHub(options), options), options.all)
  await output.print(options, {
    simple: () => tokensTable(tokens),
    table: () => tokensTable(tokens),
    json: () => tokens,
  })
}

async function readTokens(api: HubApi, all: true | undefined): Promise<readonly TokenFacts[]> {
  const tokens: TokenFacts[] = []
  let cursor: string | undefined
  do {
    const page = Object(await api.ask('GET', '/v1/tokens', { query: { all: all && 'true', cursor } }))
    tokens.push(...[page.tokens].flat().map(readTokenFacts))
    cursor = page.next
  } while (cursor !== undefined)
  return tokens
}

function tokensTable(tokens: readonly TokenFacts[]): string {
  if (tokens.length === 0) return 'No tokens.\n'
  const rows = tokens.map(({ id, name, user, expiresAt, lastUsedAt }) => [
    id,
    oneLine(name),
    oneLine(user),
    expiresAt,
    lastUsedAt ?? 'never',
  ])
  return table(['ID', 'NAME', 'USER', 'EXPIRES', 'LAST USED'], rows, terminal.tableStyle)
}
