import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { noValue, readSomeStdin } from '../../command-line/stdin.ts'
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
        .description('Release a value, from the command line or from standard input, byte for byte.')
        .argument('<path>', 'such as order/timeout')
        .argument('[value]'),
    ),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config set order/timeout 30', ''],
        ['waypost config set order/application.yaml < application.yaml', ''],
      ),
    )
    .action(set)
}

async function set(path: string, value: string | undefined, _own: ReleaseOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ReleaseOptions & HubOption>()
  const content = value ?? (await readSomeStdin(noValue))
  await withConfigWriter(
    options,
    (config, writer) =>
      makeReleases(config, options, {
        make: ({ expectedRelease, ...given }) => writer.publishAll([{ path, content, expectedRelease }], given),
        preview: (given) => config.releases.publish(path, content, { ...given, dryRun: true }),
        done: () => 'Set',
      }),
    { action: 'publish', subject: path },
  )
}
