import { WaypostError } from '@waypost/core'
import type { Registry } from '@waypost/registry'
import type { Command } from 'commander'
import { keysBelow } from '../../access/asked.ts'
import { addCommands } from '../../command-line/commands.ts'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { withRegistry } from '../../store/store.ts'
import { onInterrupt } from '../../terminal/interrupt.ts'
import { terminal } from '../../terminal/terminal.ts'
import { problemLine } from './problem-line.ts'
import { serviceFacts } from './service-facts.ts'

export const output = listOutput

interface ServicesOptions extends GlobalOptions {
  readonly watch?: true
}

export function define(command: Command): void {
  command
    .description('List the services and how many instances each has, or the instances of one service.')
    .argument('[name]', 'a service')
    .option('--watch', 'go on and show changes: on a terminal the table is redrawn, elsewhere each change is a line')
    .addHelpText(
      'after',
      examples(
        ['waypost services', ''],
        ['waypost services user', ''],
        ['waypost services user --watch', 'until Ctrl+C'],
        ['waypost services user -w json', 'one line of JSON for each instance'],
        ['waypost services drain user web-1', 'no new traffic to web-1'],
      ),
    )
    .action(services)
  addCommands(command, [
    { name: 'describe', summary: 'show everything about a service', load: () => import('./describe.ts') },
    { name: 'drain', summary: 'send an instance nothing new', load: () => import('./drain.ts') },
    { name: 'disable', summary: 'send an instance nothing at all', load: () => import('./disable.ts') },
    { name: 'enable', summary: 'take drain or disable back', load: () => import('./enable.ts') },
    {
      name: 'weight',
      summary: 'give an instance another weight than its own',
      load: () => import('./weight.ts'),
    },
  ])
}

async function services(name: string | undefined, _own: ServicesOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ServicesOptions>()
  if (name?.includes('/')) throw new UsageError(`A service's name has no slash: ${name}`)
  await withRegistry(
    options,
    async (registry) => {
      if (options.watch) {
        using interrupt = onInterrupt()
        if (name === undefined) {
          const { watchServices } = await import('./watch-services.ts')
          const following = await registry.followServices({ signal: interrupt.signal })
          await watchServices(following, options, interrupt.signal)
        } else {
          const { watchInstances } = await import('./watch-instances.ts')
          await watchInstances(
            await registry.discover(name, { signal: interrupt.signal, subscribe: false }),
            options,
            interrupt.signal,
          )
        }
      } else if (name === undefined) await listServices(registry, options)
      else await listInstances(registry, name, options)
    },
    keysBelow('read', name === undefined ? '/services/' : `/services/${name}/`),
  )
}

async function listServices(registry: Registry, options: ServicesOptions): Promise<void> {
  const summaries = await registry.services()
  const table = async (): Promise<string> => (await import('./service-tables.ts')).servicesTable(summaries)
  await output.print(options, { simple: table, table, json: () => summaries.map(serviceFacts) })
}

async function listInstances(registry: Registry, name: string, options: ServicesOptions): Promise<void> {
  await using view = await registry.discover(name, { subscribe: false, timeoutMs: options.timeout })
  const { instances, problems } = view
  if (instances.length === 0 && problems.length === 0) {
    throw new WaypostError('not-found', `There is no service ${name}: it has no instances.`)
  }
  const table = async (): Promise<string> => (await import('./service-tables.ts')).instancesTable(instances)
  await output.print(options, { simple: table, table, json: () => instances })
  for (const problem of problems) terminal.writeError(problemLine(problem))
}
