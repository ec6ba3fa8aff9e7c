import { type AccessAction, needText } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'
import { addAccessArguments, checkSubject } from './subject.ts'

export const output = factsOutput

export function define(command: Command): void {
  addAccessArguments(
    command
      .description(
        'Revoke what was granted to a user or a role. Everything else stays, including `read`, which is revoked separately.',
      )
      .argument('<name>', 'of a role, or of a user'),
  )
    .addHelpText('after', examples(['waypost access revoke ann publish order/', 'ann may still read order/']))
    .action(revoke)
}

async function revoke(
  name: string,
  action: AccessAction,
  subject: string,
  _own: GlobalOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  checkSubject({ action, subject })
  await withConfig(options, async (config) => {
    const { role, changed: revoked } = await config.access.revoke(name, { action, subject })
    const lines = revoked.map((need) => `  ${needText(need)}\n`).join('')
    await output.print(options, {
      simple: () => `${role} may not ${action} ${subject || 'everything'} any more. Taken away:\n${lines}`,
      json: () => ({ role, action, subject, revoked }),
    })
  })
}
