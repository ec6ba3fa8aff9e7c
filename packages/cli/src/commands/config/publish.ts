import type { Access } from '@waypost/config/admin'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { addHubOption, type HubOption } from '../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../print/output.ts'
import { addChangesOptions, type ChangesOptions, readChanges } from './release/document-changes.ts'
import { makeReleases } from './release/make-release.ts'
import { addReleaseOptions, type ReleaseOptions } from './release/release-options.ts'

export const output = factsOutput

type PublishOptions = ReleaseOptions & ChangesOptions & HubOption

export function define(command: Command): void {
  addHubOption(
    addReleaseOptions(
      addChangesOptions(
        command
          .description(
            'Release a document, or several in one transaction: all or none. A document without a file is read from standard input, byte for byte.',
          )
          .argument('[path]', 'such as order/application.yaml')
          .argument('[file]', 'default: standard input'),
      ),
    ),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config publish order/application.yaml application.yaml -m "more time"', ''],
        [
          'waypost config publish order/application.yaml --dry-run < application.yaml',
          'which processes would change, and to what',
        ],
        ['waypost config publish order/application.yaml application.yaml --wait 10s', 'until all have applied it'],
        ['waypost config publish --file order/a.yaml=a.yaml --file user/b.yaml=b.yaml', 'both, or neither'],
        ['waypost config publish shared/new.yaml new.yaml --delete shared/old.yaml', ''],
      ),
    )
    .action(publish)
}

async function publish(
  path: string | undefined,
  file: string | undefined,
  _own: PublishOptions,
  command: Command,
): Promise<void> {
  const options = command.optsWithGlobals<PublishOptions>()
  const changes = await readChanges(path, file, options)
  await withConfigWriter(
    options,
    (config, writer) =>
      makeReleases(config, options, {
        make: ({ expectedRelease: _, ...given }) => writer.publishAll(changes, given),
        preview: ({ expectedRelease: _, ...given }) => config.releases.publishAll(changes, { ...given, dryRun: true }),
        done: ({ checksum }) => (checksum === undefined ? 'Deleted' : 'Published'),
      }),
    changes.map((change): Access => ({ action: 'publish', subject: change.path })),
  )
}
