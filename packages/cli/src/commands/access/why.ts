import { type AccessAction, needText } from '@waypost/config/admin'
import type { Command } from 'commander'
import { exitCodes } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { table } from '../../print/table.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addModeOption, type ModeOption } from './mode-option.ts'
import { addAccessArguments, checkSubject } from './subject.ts'

export const output = listOutput

type WhyOptions = GlobalOptions & ModeOption

export function define(command: Command): void {
  addModeOption(
    addAccessArguments(
      command
        .description(
          'Show which role lets a user do something, or what is missing. Exits with code 6 if the user may not.',
        )
        .argument('<user>'),
    ),
  )
    .addHelpText('after', examples(['waypost access why ann publish order/application.yaml', '']))
    .action(why)
}

async function why(
  user: string,
  action: AccessAction,
  subject: string,
  _own: WhyOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<WhyOptions>()
  checkSubject({ action, subject })
  await withConfig(options, async (config) => {
    const needs = await config.access.why(user, { action, subject }, { mode: options.mode })
    const found = needs.map((need) => ({ ...need, role: need.role ?? null }))
    const isAllowed = found.every(({ role }) => role !== null)
    const rows = found.map((need) => [needText(need), need.role ?? 'missing'])
    const verdict = isAllowed
      ? `${user} may ${action} ${subject || 'everything'}.\n`
      : `${user} may not ${action} ${subject || 'everything'}. This allows it: ` +
        `waypost access grant ${user} ${action} ${subject || "''"}\n`
    const text = (): string => verdict + table(['NEEDS', 'BY ROLE'], rows, terminal.tableStyle)
    await output.print(options, {
      simple: text,
      table: text,
      json: () => ({ user, action, subject, isAllowed, needs: found }),
    })
    if (!isAllowed) process.exitCode = exitCodes.refused.code
  })
}
