import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { keysBelow } from '../../access/asked.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withRegistry } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { problemLine } from './problem-line.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description(
      'Show a service or one instance: its records, the overrides of operators, and the processes that follow it.',
    )
    .argument('<service>')
    .argument('[id]', "an instance's")
    .addHelpText(
      'after',
      examples(['waypost services describe user', ''], ['waypost services describe user web-1 -w json', '']),
    )
    .action(describe)
}

async function describe(service: string, id: string | undefined, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withRegistry(
    options,
    async (registry) => {
      const operator = registry.operate(service)
      await using view = await registry.discover(service, { subscribe: false, timeoutMs: options.timeout })
      const [overrides, subscribers] = await Promise.all([operator.list(), operator.subscribers()])
      const isMeant = (one: { readonly id: string }): boolean => id === undefined || one.id === id
      const described = {
        service,
        instances: view.instances.filter(isMeant),
        overrides: overrides.filter(isMeant),
        subscribers,
      }
      const { instances } = described
      if (instances.length + described.overrides.length === 0 && (id !== undefined || subscribers.length === 0)) {
        const what = id === undefined ? `service ${service}` : `instance ${id} of ${service}`
        throw new WaypostError('not-found', `There is no ${what}.`)
      }
      await output.print(options, {
        simple: async () => (await import('./service-description.ts')).serviceDescription(described),
        json: () => described,
      })
      for (const problem of view.problems) terminal.writeError(problemLine(problem))
    },
    [
      keysBelow('read', `/services/${service}/`),
      keysBelow('read', `/waypost/services/overrides/${service}/`),
      keysBelow('read', `/waypost/services/subscribers/${service}/`),
    ],
  )
}
