import type { AuditVerification, KnownEnd } from '@waypost/config/admin'
import { type Command, InvalidArgumentError } from 'commander'
import { exitCodes } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'

export const output = factsOutput

interface VerifyOptions extends GlobalOptions {
  readonly known?: KnownEnd
}

export function define(command: Command): void {
  command
    .description(
      'Check that no audit entry is missing, was changed, or was inserted later: each entry contains the hash of the previous one. Exits with code 1 if something is wrong.',
    )
    .option(
      '--known <end>',
      'the end that an earlier run printed: check that everything up to it is still there',
      parseEnd,
    )
    .addHelpText('after', examples(['waypost audit verify', '']))
    .action(verify)
}

async function verify(_own: VerifyOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<VerifyOptions>()
  const { known, timeout: timeoutMs } = options
  await withConfig(options, async (config) => {
    const result = await config.audit.verify({ known, timeoutMs })
    await output.print(options, { simple: () => textOf(result), json: () => result })
    if (result.faults.length > 0) process.exitCode = exitCodes.failed.code
  })
}

function textOf({ chained, older, end, pruned, faults }: AuditVerification): string {
  const lines = faults.map(({ message }) => `${message}\n`)
  for (const { from, to, at = 'an unknown time', by = 'somebody' } of pruned) {
    lines.push(`Entries ${from} to ${to} were pruned at ${at} by ${by}.\n`)
  }
  if (older > 0) lines.push(`${older} entries are older than the chain: nothing proves them.\n`)
  lines.push(faults.length === 0 ? `${chained} entries, all intact.\n` : `${chained} entries are there.\n`)
  if (end && faults.length === 0) lines.push(`The end is ${end.sequence}:${end.hash}\n`)
  return lines.join('')
}

function parseEnd(text: string): KnownEnd {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (sequence === undefined || hash === undefined) {
    throw new InvalidArgumentError('It is <number>:<hash>, as `waypost audit verify` prints it.')
  }
  return { sequence: Number(sequence), hash }
}
