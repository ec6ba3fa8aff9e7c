import type { DirectoryChanges } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = factsOutput

interface ExportOptions extends GlobalOptions {
  readonly prefix?: string
  readonly prune?: true
  readonly dryRun?: true
}

export function define(command: Command): void {
  command
    .description('Write documents to files below a directory, byte for byte, to be kept in git.')
    .argument('<directory>')
    .option('--prefix <prefix>', 'only documents whose path starts with this')
    .option('--prune', 'delete the other files in the directory; hidden ones stay')
    .option('--dry-run', 'change nothing; show what would change')
    .addHelpText(
      'after',
      examples(
        ['waypost config export config --prune', 'the directory becomes what the store holds'],
        ['waypost config export config --prefix order/', ''],
      ),
    )
    .action(exportTree)
}

async function exportTree(directory: string, _own: ExportOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ExportOptions>()
  const { prefix, prune: deleteOthers, dryRun, timeout: timeoutMs } = options
  const { writeDirectory } = await import('@waypost/config/admin')
  const documents = await withConfig(options, (config) => config.documents.export(prefix, { timeoutMs }), {
    action: 'read',
    subject: prefix ?? '',
  })
  const changes = await writeDirectory(directory, documents, { deleteOthers, dryRun })
  await output.print(options, { simple: () => changesText(changes, dryRun), json: () => ({ directory, ...changes }) })
}

function changesText({ added, changed, deleted, unchanged }: DirectoryChanges, dryRun = false): string {
  const { green, red, yellow } = terminal.colors
  const lines = [
    ...added.map((name) => green(`added    ${name}`)),
    ...changed.map((name) => yellow(`changed  ${name}`)),
    ...deleted.map((name) => red(`deleted  ${name}`)),
  ]
  const count = lines.length
  const done = dryRun ? 'would change' : 'changed'
  return [...lines, `${count} ${count === 1 ? 'file' : 'files'} ${done}, ${unchanged} unchanged.`, ''].join('\n')
}
