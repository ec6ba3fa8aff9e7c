import type { ConfigCenter } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { addHubOption, type HubOption } from '../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../print/output.ts'
import { makeRelease } from './release/make-release.ts'
import { addReleaseOptions, type ReleaseOptions } from './release/release-options.ts'

export const output = factsOutput

export function define(command: Command): void {
  addHubOption(
    addReleaseOptions(
      command
        .description('Release the text of an earlier release again, also if the document has been deleted since.')
        .argument('<path>')
        .argument('[release]', 'default: the one before the latest', parsePositive),
    ),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config rollback order/application.yaml 3 -m "too slow"', ''],
        ['waypost config rollback order/application.yaml --dry-run', 'what that would change'],
      ),
    )
    .action(rollback)
}

async function rollback(
  path: string,
  release: number | undefined,
  _own: ReleaseOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<ReleaseOptions & HubOption>()
  await withConfigWriter(
    options,
    async (config, writer) => {
      // Of the two releases that this is about, the latest is not to have changed meanwhile.
      const { restored, expectedRelease } =
        release === undefined ? await previous(config, path, options) : { restored: release }
      await makeRelease(
        config,
        { ...options, ...(expectedRelease === undefined ? {} : { expectedRelease }) },
        {
          make: (given) => writer.rollback(path, restored, given),
          preview: (given) => config.releases.rollback(path, restored, { ...given, dryRun: true }),
          done: `Rolled back to release ${restored}:`,
        },
      )
    },
    { action: 'publish', subject: path },
  )
}

async function previous(
  config: ConfigCenter,
  path: string,
  { expectedRelease, timeout: timeoutMs }: ReleaseOptions,
): Promise<{ readonly restored: number; readonly expectedRelease?: number }> {
  const { current, changedByHand } = await config.releases.history(path, { limit: 1, timeoutMs })
  // What was done by hand becomes a release of its own before the rollback.
  const latest = changedByHand ? current + 1 : current
  if (latest < 2) throw new WaypostError('not-found', `${path} has no earlier release.`)
  return { restored: latest - 1, expectedRelease: expectedRelease ?? latest }
}
