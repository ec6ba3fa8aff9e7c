import type { ImportedDocuments, SkippedEntry } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import { type Command, Option } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { factsOutput } from '../../../print/output.ts'
import { withConfig } from '../../../store/store.ts'
import { storeTarget } from '../../../store/store-target.ts'
import { canAsk, confirm } from '../../../terminal/confirm.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { collect } from '../identity-options.ts'
import { addAuthorOptions } from '../release/author.ts'
import { confirmBreakingChange } from '../release/confirm-breaking-change.ts'
import { addSafetyOptions, publishAllOptions, type ReleaseOptions } from '../release/release-options.ts'
import { printPreview } from '../release/show-preview.ts'
import { placedUnder, readSource, type SourceOptions, sourceKinds } from './import-source.ts'

export const output = factsOutput

interface ImportOptions extends ReleaseOptions, SourceOptions {
  readonly prefix?: string
  readonly prune?: true
}

export function define(command: Command): void {
  addSafetyOptions(
    addAuthorOptions(
      command
        .description(
          'Release the differences to the files of a directory, or to an export of Apollo, Nacos or Consul. Everything is validated together; up to 42 documents are released in one transaction.',
        )
        .argument('<source>', 'a directory or a file'),
    ),
  )
    .addOption(new Option('--from <kind>', 'what the source is (default: a directory)').choices(sourceKinds))
    .option('--prefix <prefix>', 'the folder to import into: all documents must be below it')
    .option('--prune', 'delete the documents (below the prefix) that are not in the source')
    .option('--under <folder>', 'prepend this to all paths, such as legacy/')
    .option('--env <name>', 'apollo: the environment, such as PRO')
    .option('--app <name>', 'nacos: of `order`, `order-prod.yaml` is the profile prod; may be repeated', collect)
    .option('--strip <prefix>', 'consul: only keys that start with this; it is removed from the paths')
    .option('--path <path>', 'env: the document to make, such as order/application.yaml')
    .option('--separator <text>', 'env: with `__`, DB__HOST becomes db.host')
    .option('--dry-run', 'change nothing; show the differences, and which processes would change')
    .addHelpText(
      'after',
      examples(
        ['waypost config import config --prune --dry-run', ''],
        ['waypost config import config --prune -m "commit 3f2a"', 'the store becomes what the directory holds'],
        ['waypost config import apollo.zip --from apollo --env PRO', ''],
        ['waypost config import kv.json --from consul --strip config/', 'consul kv export config/ > kv.json'],
        ['waypost config import .env --from env --path order/application.yaml --separator __', ''],
      ),
    )
    .action(importTree)
}

async function importTree(source: string, _own: ImportOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ImportOptions>()
  const { prefix, prune: deleteOthers } = options
  const { documents: read, skipped } = await readSource(source, options)
  for (const { name, reason } of skipped) terminal.writeError(`Skipped ${name}: ${reason}.\n`)
  const documents = placedUnder(read, options.under)
  const given = { ...publishAllOptions(options), prefix, deleteOthers }
  await withConfig(
    options,
    async (config) => {
      if (options.dryRun) {
        await printPreview(await config.documents.import(documents, { ...given, dryRun: true }), options)
        return
      }
      if (deleteOthers) await checkPrune(documents.size, skipped, options)
      const imported = await confirmBreakingChange(options, (validate) =>
        config.documents.import(documents, { ...given, validate }),
      )
      await output.print(options, { simple: () => importedText(imported), json: () => imported })
    },
    { action: 'publish', subject: prefix ?? '' },
  )
}

/** What was skipped would be deleted, and an empty source deletes all: that is rarely meant. */
async function checkPrune(size: number, skipped: readonly SkippedEntry[], options: ImportOptions): Promise<void> {
  const missing = skipped.filter(({ harmless }) => !harmless)
  if (options.yes || (size > 0 && missing.length === 0)) return
  const danger =
    size === 0
      ? 'The source is empty'
      : `Of the source ${missing.length} ${missing.length === 1 ? 'entry is' : 'entries are'} skipped`
  if (canAsk() && (await confirm(`${storeTarget(options)}\n${danger}. Delete the documents that are not in it?`)))
    return
  throw new WaypostError('failed-precondition', `${danger}: nothing is deleted without --yes.`)
}

function importedText({ releases, unchanged }: ImportedDocuments): string {
  const { green, red } = terminal.colors
  const lines = releases.map(({ path, release, checksum }) =>
    checksum === undefined
      ? red(`deleted  ${path}  release ${release}`)
      : green(`released ${path}  release ${release}`),
  )
  const transactions = new Set(releases.map(({ revision }) => revision)).size
  const several = transactions > 1 ? `, in ${transactions} transactions` : ''
  const count = `${releases.length} ${releases.length === 1 ? 'document' : 'documents'}`
  return [...lines, `${count} released${several}, ${unchanged} unchanged.`, ''].join('\n')
}
