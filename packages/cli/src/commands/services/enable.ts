import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { addOperateOptions, operate } from './operate.ts'

export const output = factsOutput

export function define(command: Command): void {
  addOperateOptions(command.description('Undo drain or disable. A weight stays.'))
    .addHelpText('after', examples(['waypost services enable user web-1', '']))
    .action((service: string, id: string, _own: unknown, self: Command) =>
      operate(self, service, id, 'Enabled', (operator, options) => operator.enable(id, options)),
    )
}
