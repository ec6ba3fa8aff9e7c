import type { Confirmations, Operated, OperateOptions } from '@waypost/registry'
import type { Command } from 'commander'
import { exitCodes } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { parseDurationMs } from '../../command-line/parse-values.ts'
import { HubApi } from '../../hub-api/hub-api.ts'
import { hubOperator, type InstanceOperator } from '../../hub-api/hub-operator.ts'
import { addHubOption, type HubOption, hubOf } from '../../hub-api/hub-option.ts'
import { factsOutput } from '../../print/output.ts'
import { nameOf } from '../../print/subscriber-name.ts'
import { actingUser } from '../../store/acting-user.ts'
import { withRegistry } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

interface OperateCommandOptions extends GlobalOptions, HubOption {
  readonly reason?: string
  readonly by?: string
  readonly wait: number
  readonly evenIfAbsent?: true
}

const defaultWaitMs = 5_000

/** What all commands take that say something of an instance. */
export function addOperateOptions(command: Command): Command {
  return addHubOption(command)
    .argument('<service>')
    .argument('<id>', "the instance's")
    .option('--reason <text>', 'the reason, for others')
    .option('--by <name>', 'the author (default: the user of the store, otherwise the user of this machine)')
    .option(
      '--wait <time>',
      'how long to wait until all consumers have confirmed it; 0: do not wait',
      parseWait,
      defaultWaitMs,
    )
    .option('--even-if-absent', 'also if no instance has this id now')
}

/** Says it, waits until the consumers have seen it, and tells who has. */
export async function operate(
  command: Command,
  service: string,
  id: string,
  done: string,
  act: (operator: InstanceOperator, options: OperateOptions) => Promise<Operated>,
): Promise<void> {
  const options = command.optsWithGlobals<OperateCommandOptions>()
  const { reason, by = actingUser(options), evenIfAbsent } = options
  const hub = hubOf(options)
  await withRegistry(
    options,
    async (registry) => {
      const operator = registry.operate(service)
      const writer = hub === undefined ? operator : hubOperator(new HubApi(hub, options), service)
      const operated = await act(writer, { reason, by, evenIfAbsent })
      const seen = options.wait > 0 ? await operator.seen(operated, { timeoutMs: options.wait }) : undefined
      const { revision, override } = operated
      const { confirmed = [], unconfirmed = [] } = seen ?? {}
      await factsOutput.print(options, {
        simple: () => `${done} ${service}/${id} at revision ${revision}.${seen ? ` ${sentence(seen)}` : ''}\n`,
        json: () => ({ service, id, revision, override: override ?? null, confirmed, unconfirmed }),
      })
      for (const subscriber of seen?.unconfirmed ?? []) terminal.writeError(`${nameOf(subscriber)} has not.\n`)
      if (seen && seen.unconfirmed.length > 0) process.exitCode = exitCodes.failed.code
    },
    { action: 'operate', subject: service },
    { mayBeAway: hub !== undefined },
  )
}

function sentence({ confirmed, unconfirmed, problem }: Confirmations): string {
  if (problem) return `Who has confirmed it is not known: ${problem.message}`
  const all = confirmed.length + unconfirmed.length
  if (all === 0) return 'Nobody follows the service.'
  return `${confirmed.length} of ${all} consumers have confirmed it.`
}

function parseWait(text: string): number {
  return text === '0' ? 0 : parseDurationMs(text)
}
