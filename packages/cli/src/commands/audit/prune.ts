import { type Command, InvalidArgumentError } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { actingUser } from '../../store/acting-user.ts'
import { withConfig } from '../../store/store.ts'

export const output = factsOutput

interface PruneOptions extends GlobalOptions {
  readonly olderThan: number
}

export function define(command: Command): void {
  command
    .description(
      'Delete older audit entries. The rest can still be verified; what was deleted, when and by whom is recorded.',
    )
    .requiredOption('--older-than <days>', 'delete entries older than this', parseDays)
    .addHelpText('after', examples(['waypost audit prune --older-than 730', 'after two years']))
    .action(prune)
}

async function prune(_own: PruneOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<PruneOptions>()
  const { olderThan, timeout: timeoutMs } = options
  await withConfig(options, async (config) => {
    const pruned = await config.audit.prune(olderThan, { author: actingUser(options), timeoutMs })
    await output.print(options, { simple: () => `${pruned} entries deleted.\n`, json: () => ({ pruned }) })
  })
}

function parseDays(text: string): number {
  const days = Number(text)
  if (text.trim() === '' || !(days >= 0)) throw new InvalidArgumentError('It is a number of days, 0 or more.')
  return days
}
