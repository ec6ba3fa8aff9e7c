import type { ExplainedRequest, RoutesDocument } from '@waypost/gateway'
import type { Instance } from '@waypost/registry'
import { type Command, InvalidArgumentError } from 'commander'
import { keysBelow } from '../../access/asked.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withStore } from '../../store/store.ts'
import { readRoutesFile } from './check.ts'

export const output = factsOutput

interface ExplainOptions extends GlobalOptions {
  readonly header?: Readonly<Record<string, string>>
  readonly file?: string
  readonly routes: string
  readonly clientAddress?: string
  readonly all?: true
}

export function define(command: Command): void {
  command
    .description(
      'Show which route takes a request, which instances it could go to, what would be done, and why other routes do not take it. Nothing is sent.',
    )
    .argument('<method>', 'such as GET')
    .argument('<url>', 'such as https://shop.example.com/api/orders')
    .option('-H, --header <name: value>', 'a header of the request; may be repeated', collectHeader)
    .option('--file <file>', 'routes of a file instead of those in the store; instances are then not looked up')
    .option('--routes <path>', 'the document with the routes', 'gateway/routes.yaml')
    .option('--client-address <address>', "the client's (default: 127.0.0.1)")
    .option('--all', 'list every route that does not take it (default: the nearest ten)')
    .addHelpText(
      'after',
      examples(
        ['waypost gateway explain GET https://shop.example.com/api/orders -H "x-canary: yes"', ''],
        ['waypost gateway explain POST https://shop.example.com/api/orders --file routes.yaml', ''],
      ),
    )
    .action(explain)
}

async function explain(method: string, url: string, _own: ExplainOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ExplainOptions>()
  const asked = { method, url, headers: options.header, clientAddress: options.clientAddress }
  if (options.file !== undefined) {
    const { document } = await readRoutesFile(options.file)
    await print(options, await explained(document, asked), undefined)
    return
  }
  await withStore(
    options,
    async (etcd) => {
      const { ConfigCenter } = await import('@waypost/config/admin')
      const { readStoredRoutes } = await import('@waypost/gateway')
      await using config = new ConfigCenter(etcd)
      const answer = await explained(
        await readStoredRoutes(config, options.routes, { timeoutMs: options.timeout }),
        asked,
      )
      const target = answer.kind === 'matched' ? answer.chosen?.target : undefined
      if (target === undefined) return print(options, answer, undefined)
      const { Registry } = await import('@waypost/registry')
      await using registry = new Registry(etcd)
      const { service, where } = target
      await using view = await registry.discover(service, { where, subscribe: false, timeoutMs: options.timeout })
      await print(options, answer, view.instances)
    },
    [keysBelow('read', '/config/'), keysBelow('read', '/services/')],
  )
}

async function explained(
  document: RoutesDocument,
  asked: Parameters<typeof import('@waypost/gateway').explainRequest>[1],
) {
  const { compileForReading, explainRequest } = await import('@waypost/gateway')
  return explainRequest(compileForReading(document), asked)
}

async function print(
  options: ExplainOptions,
  answer: ExplainedRequest,
  instances: readonly Instance[] | undefined,
): Promise<void> {
  const [{ explanationFacts }, { explanationText }] = await Promise.all([
    import('@waypost/gateway'),
    import('./explanation-text.ts'),
  ])
  await output.print(options, {
    simple: () => explanationText(answer, instances, options.all === true),
    json: () => explanationFacts(answer, instances),
  })
}

/** `name: value`, several times. */
function collectHeader(text: string, before: Readonly<Record<string, string>> = {}) {
  const colon = text.indexOf(':')
  if (colon < 1) throw new InvalidArgumentError('It is written "name: value".')
  return { ...before, [text.slice(0, colon).trim().toLowerCase()]: text.slice(colon + 1).trim() }
}
