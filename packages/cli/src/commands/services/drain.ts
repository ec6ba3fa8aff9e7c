import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addOperateOptions, operate } from './operate.ts'

export const output = factsOutput

export function define(command: Command): void {
  addOperateOptions(
    command.description(
      'Stop new requests to an instance. Running requests finish. It stays listed as leaving until it is enabled, also when it registers again.',
    ),
  )
    .addHelpText('after', examples(['waypost services drain user web-1 --reason "new disk"', '']))
    .action((service: string, id: string, _own: unknown, self: Command) =>
      operate(self, service, id, 'Drained', (operator, options) => operator.drain(id, options)),
    )
}
