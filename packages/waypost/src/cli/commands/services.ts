import type { Registry } from '@waypost/registry'
import type { Command } from 'commander'
import { UsageError } from '../exit-codes.ts'
import type { GlobalOptions } from '../global-options.ts'
import { examples } from '../help.ts'
import { onInterrupt } from '../interrupt.ts'
import { instanceJson, serviceJson } from '../output/service-json.ts'
import { withRegistry } from '../store.ts'
import { terminal } from '../terminal.ts'

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
      ),
    )
    .action(services)
}

async function services(name: string | undefined, _own: ServicesOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ServicesOptions>()
  if (name?.includes('/')) throw new UsageError(`A service's name has no slash: ${name}`)
  await withRegistry(options, async (registry, etcd) => {
    if (options.watch) {
      using interrupt = onInterrupt()
      if (name === undefined) {
        const { watchServices } = await import('../services/watch-services.ts')
        await watchServices(etcd, options.writeOut, interrupt.signal)
      } else {
        const { watchInstances } = await import('../services/watch-instances.ts')
        await watchInstances(
          await registry.discover(name, { signal: interrupt.signal }),
          options.writeOut,
          interrupt.signal,
        )
      }
    } else if (name === undefined) await listServices(registry, options)
    else await listInstances(registry, name, options)
  })
}

async function listServices(registry: Registry, { writeOut }: ServicesOptions): Promise<void> {
  const summaries = await registry.services()
  if (writeOut === 'json') for (const summary of summaries) terminal.write(serviceJson(summary))
  else terminal.write((await import('../output/service-tables.ts')).servicesTable(summaries))
}

async function listInstances(registry: Registry, name: string, { writeOut }: ServicesOptions): Promise<void> {
  await using view = await registry.discover(name)
  if (writeOut === 'json') for (const instance of view.instances) terminal.write(instanceJson(instance))
  else terminal.write((await import('../output/service-tables.ts')).instancesTable(view.instances))
  for (const { key, message } of view.problems) terminal.writeError(`${key} cannot be read: ${message}\n`)
}
