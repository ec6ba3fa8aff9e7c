import type { Command } from 'commander'
import { makeRelease } from '../../config/make-release.ts'
import { addReleaseOptions, type ReleaseOptions } from '../../config/release-options.ts'
import { examples } from '../../help.ts'
import { noValue, readSomeStdin } from '../../stdin.ts'
import { withConfig } from '../../store.ts'

export function define(command: Command): void {
  addReleaseOptions(
    command
      .description(
        'Release a value that stands on the command line. Without one it is read from standard input, byte for byte.',
      )
      .argument('<path>', 'such as order/timeout')
      .argument('[value]'),
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
  const options = command.optsWithGlobals<ReleaseOptions>()
  const content = value ?? (await readSomeStdin(noValue))
  await withConfig(options, (config) =>
    makeRelease(config, options, {
      make: (given) => config.publish(path, content, given),
      preview: (given) => config.publish(path, content, { ...given, dryRun: true }),
      done: 'Set',
    }),
  )
}
