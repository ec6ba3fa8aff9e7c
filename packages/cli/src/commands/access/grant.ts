import { type AccessAction, needText, nothingThere } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'
import { addModeOption, type ModeOption } from './mode-option.ts'
import { addAccessArguments, checkSubject } from './subject.ts'

export const output = factsOutput

interface GrantOptions extends GlobalOptions, ModeOption {
  readonly evenIfUnknown?: true
}

export function define(command: Command): void {
  addModeOption(
    addAccessArguments(
      command
        .description(
          'Let a user or a role do something. For a user, a role of the same name is created. Existing permissions stay.',
        )
        .argument('<name>', 'of a role, or of a user'),
    ),
  )
    .option('--even-if-unknown', 'also for a document, folder or service that does not exist')
    .addHelpText(
      'after',
      examples(
        ['waypost access grant ann publish order/', ''],
        ['waypost access grant order-service read order/', ''],
        ['waypost access grant order-service register order', ''],
        ["waypost access grant auditors read ''", 'all documents'],
      ),
    )
    .action(grant)
}

async function grant(
  name: string,
  action: AccessAction,
  subject: string,
  _own: GrantOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GrantOptions>()
  checkSubject({ action, subject })
  await withConfig(options, async (config) => {
    const { mode, evenIfUnknown } = options
    const granting = await config.access.grant(name, { action, subject }, { mode, evenIfUnknown })
    const { role, changed: granted, isKnown } = granting
    const lines = granted.map((need) => `  ${needText(need)}\n`).join('')
    const what = `${role} may ${action} ${subject || 'everything'}`
    const note = isKnown ? '' : `${nothingThere({ action, subject })} The grant is for when there is.\n`
    await output.print(options, {
      simple: () => (granted.length === 0 ? `${what} already.\n` : `${what} now:\n${lines}`) + note,
      json: () => ({ role, action, subject, granted, isKnown }),
    })
  })
}
