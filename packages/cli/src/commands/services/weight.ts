import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { parseWeight } from '../../command-line/parse-values.ts'
import { factsOutput } from '../../print/output.ts'
import { addOperateOptions, operate } from './operate.ts'

export const output = factsOutput

export function define(command: Command): void {
  addOperateOptions(command.description('Give an instance another weight than its own, also when it registers again.'))
    .argument('<weight>', 'its share of traffic relative to the others, 0 for none; `own` gives back its own', parse)
    .addHelpText(
      'after',
      examples(['waypost services weight user web-1 0.1', ''], ['waypost services weight user web-1 own', '']),
    )
    .action((service: string, id: string, weight: number | undefined, _own: unknown, self: Command) =>
      operate(self, service, id, 'Weighted', (operator, options) => operator.weight(id, weight, options)),
    )
}

function parse(text: string): number | undefined {
  return text === 'own' ? undefined : parseWeight(text)
}
