import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addOperateOptions, operate } from './operate.ts'

export const output = factsOutput

export function define(command: Command): void {
  addOperateOptions(
    command.description(
      'Stop all traffic to an instance. It stays listed as disabled until it is enabled, also when it registers again.',
    ),
  )
    .addHelpText('after', examples(['waypost services disable user web-1', '']))
    .action((service: string, id: string, _own: unknown, self: Command) =>
      operate(self, service, id, 'Disabled', (operator, options) => operator.disable(id, options)),
    )
}
