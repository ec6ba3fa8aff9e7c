import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseLimit } from '../../command-line/parse-values.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { colouredPatch } from './release/coloured-patch.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Show the difference between two releases of a document. Encrypted values are left out.')
    .argument('<path>')
    .argument('[from]', 'a release; 0: before the first (default: the one before <to>)', parseLimit)
    .argument('[to]', 'a release (default: the latest)', parseLimit)
    .addHelpText(
      'after',
      examples(
        ['waypost config diff order/application.yaml', 'what the latest release changed'],
        ['waypost config diff order/application.yaml 3', 'what has changed since release 3'],
        ['waypost config diff order/application.yaml 3 4', ''],
      ),
    )
    .action(diff)
}

async function diff(
  path: string,
  from: number | undefined,
  to: number | undefined,
  _own: GlobalOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const timeoutMs = options.timeout
  await withConfig(
    options,
    async (config) => {
      const { current, changedByHand } = await config.releases.history(path, { limit: 1, timeoutMs })
      const until = to ?? current
      if (until === 0) throw new WaypostError('not-found', `${path} has no release yet.`)
      const since = from ?? until - 1
      const found = await config.releases.diff(path, since, until, { timeoutMs })
      const { patch } = found
      await output.print(options, {
        simple: () => (patch === undefined ? 'They differ; the texts cannot be compared.\n' : colouredPatch(patch)),
        json: () => ({ path, from: since, to: until, ...found }),
      })
      if (changedByHand && to === undefined) terminal.writeError(`${path} was changed by hand since.\n`)
    },
    { action: 'read', subject: path },
  )
}
