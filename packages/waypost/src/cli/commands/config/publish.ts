import type { Command } from 'commander'
import { readInput } from '../../config/document-input.ts'
import { makeRelease } from '../../config/make-release.ts'
import { addReleaseOptions, type ReleaseOptions } from '../../config/release-options.ts'
import { examples } from '../../help.ts'
import { withConfig } from '../../store.ts'

export function define(command: Command): void {
  addReleaseOptions(
    command
      .description('Release a document. Without a file it is read from standard input, byte for byte.')
      .argument('<path>', 'such as order/application.yaml')
      .argument('[file]', 'default: standard input'),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config publish order/application.yaml application.yaml -m "more time"', ''],
        ['waypost config publish order/application.yaml --dry-run < application.yaml', 'who would change to what'],
        ['waypost config publish order/application.yaml application.yaml --wait 10s', 'until all have applied it'],
      ),
    )
    .action(publish)
}

async function publish(path: string, file: string | undefined, _own: ReleaseOptions, command: Command): Promise<void> {
  const content = await readInput(file)
  const options = command.optsWithGlobals<ReleaseOptions>()
  await withConfig(options, (config) =>
    makeRelease(config, options, {
      make: (given) => config.publish(path, content, given),
      preview: (given) => config.publish(path, content, { ...given, dryRun: true }),
      done: 'Published',
    }),
  )
}
