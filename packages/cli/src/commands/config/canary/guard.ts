import type { ConfigCenter, GuardedCanary } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { parseDurationMs } from '../../../command-line/parse-values.ts'
import { factsOutput } from '../../../print/output.ts'
import { runShellCommand } from '../../../process/shell-command.ts'
import { withConfig } from '../../../store/store.ts'
import { aborted, onInterrupt } from '../../../terminal/interrupt.ts'
import { terminal } from '../../../terminal/terminal.ts'

export const output = factsOutput

interface GuardOptions extends GlobalOptions {
  readonly check?: string
  readonly interval: number
}

export function define(command: Command): void {
  command
    .description(
      'Follow all canaries, and take those back that pass their limits, until Ctrl+C. It may run in several places at once.',
    )
    .option(
      '--check <command>',
      'ask this command whether a canary does well: it ends with 0 then. WAYPOST_PATH and WAYPOST_CANARY name it',
    )
    .option('--interval <time>', 'how often to ask', parseDurationMs, 10_000)
    .addHelpText(
      'after',
      examples(
        ['waypost config canary guard', 'by rejections alone'],
        ["waypost config canary guard --check './error-rate-below 1' --interval 30s", ''],
      ),
    )
    .action(guard)
}

async function guard(_own: GuardOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GuardOptions>()
  using interrupt = onInterrupt()
  terminal.surviveReaders()
  await withConfig(
    options,
    async (config) => {
      await using _ = config.canaries.guard({
        healthy: healthCheck(options),
        intervalMs: options.interval,
        onRollback: ({ path, canary: { name }, reason }) =>
          void output.print(options, {
            simple: () => `Took back ${name} of ${path}: ${reason}\n`,
            json: () => ({ path, name, reason }),
          }),
      })
      terminal.writeError('Guarding; Ctrl+C ends.\n')
      await aborted(interrupt.signal)
    },
    { action: 'publish', subject: '' },
  )
}

type Healthy = NonNullable<NonNullable<Parameters<ConfigCenter['canaries']['guard']>[0]>['healthy']>

function healthCheck({ check, interval }: GuardOptions): Healthy | undefined {
  if (check === undefined) return undefined
  return async ({ path, canary }: GuardedCanary, signal) => {
    const env = { WAYPOST_PATH: path, WAYPOST_CANARY: canary.name }
    const { code } = await runShellCommand(check, { signal, timeoutMs: interval, env })
    return code === 0
  }
}
