import type { ConfigCenter } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { addHubOption, type HubOption } from '../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../print/output.ts'
import { makeReleases } from './release/make-release.ts'
import { addReleaseOptions, type ReleaseOptions } from './release/release-options.ts'

export const output = factsOutput

export function define(command: Command): void {
  addHubOption(
    addReleaseOptions(
      command
        .description(
          'Delete a document as a release, so that a rollback can restore it. Exits with code 4 if the path does not exist.',
        )
        .argument('<path>'),
    ),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config delete order/timeout', ''],
        ['waypost config rollback order/timeout', 'brings it back'],
      ),
    )
    .action(remove)
}

async function remove(path: string, _own: ReleaseOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ReleaseOptions & HubOption>()
  await withConfigWriter(
    options,
    async (config, writer) => {
      await checkExists(config, path)
      await makeReleases(config, options, {
        make: ({ expectedRelease, ...given }) => writer.publishAll([{ path, delete: true, expectedRelease }], given),
        preview: (given) => config.releases.unpublish(path, { ...given, dryRun: true }),
        done: () => 'Deleted',
      })
    },
    { action: 'publish', subject: path },
  )
}

async function checkExists(config: ConfigCenter, path: string): Promise<void> {
  if ((await config.getBytes(path)) !== undefined) return
  throw new WaypostError('not-found', `There is no configuration at ${path}.`)
}
