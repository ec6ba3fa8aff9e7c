import type { AccessCheck } from '@waypost/config/admin'
import type { Command } from 'commander'
import { exitCodes } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description(
      'Show the mode, and who could write documents, releases, overrides or the audit without the hub. In strict mode, exits with code 1 if somebody could.',
    )
    .addHelpText('after', examples(['waypost access check', '']))
    .action(check)
}

async function check(_own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(options, async (config) => {
    const found = await config.access.check()
    await output.print(options, { simple: () => textOf(found), json: () => found })
    const isBroken = found.bypasses.length > 0 || !found.isAuthenticated
    if (found.mode === 'strict' && isBroken) process.exitCode = exitCodes.failed.code
  })
}

function textOf({ mode, isAuthenticated, hubRoles, runningHubs, rootUsers, bypasses }: AccessCheck): string {
  const who = (users: readonly string[]): string => (users.length === 0 ? 'no user' : users.join(', '))
  const lines = [`The mode is ${mode}.`]
  if (!isAuthenticated) lines.push('Everybody may do everything: authentication is off.')
  for (const { role, users } of hubRoles) lines.push(`The role ${role} may write for others: ${who(users)}.`)
  if (runningHubs > 0) {
    lines.push(
      `${runningHubs} ${runningHubs === 1 ? 'hub runs and has a login of its own' : 'hubs run and have logins of their own'}.`,
    )
  }
  if (hubRoles.length === 0 && runningHubs === 0) lines.push('No hub may write for others.')
  lines.push(`Everything is allowed to: ${who(rootUsers)}.`)
  for (const { role, users, text } of bypasses)
    lines.push(`Without the hub, the role ${role} may ${text}: ${who(users)}.`)
  if (bypasses.length === 0 && isAuthenticated) lines.push('Nobody else can write without the hub.')
  return lines.map((line) => `${line}\n`).join('')
}
