import type { Command } from 'commander'
import { UsageError } from '../../../command-line/exit-codes.ts'
import { examples } from '../../../command-line/help.ts'
import { parseLimit } from '../../../command-line/parse-values.ts'
import { factsOutput } from '../../../print/output.ts'
import { readInput } from '../document-input.ts'
import { actOnDraft, addDraftOptions, type DraftCommandOptions } from './draft-action.ts'

export const output = factsOutput

interface SaveOptions extends DraftCommandOptions {
  readonly base?: number
  readonly delete?: true
}

export function define(command: Command): void {
  addDraftOptions(command)
    .description('Save a draft from a file or standard input, byte for byte. It does not have to parse yet.')
    .argument('[file]', 'default: standard input')
    .option('--delete', 'propose to delete the document')
    .option('--base <release>', 'the release that it is based on (default: the latest)', parseLimit)
    .addHelpText(
      'after',
      examples(
        ['waypost config draft save order/application.yaml application.yaml -m "more time"', ''],
        ['waypost config draft save order/old.yaml --delete', ''],
      ),
    )
    .action(save)
}

async function save(path: string, file: string | undefined, own: SaveOptions, command: Command): Promise<void> {
  if (own.delete && file !== undefined) throw new UsageError('A file and --delete do not go together.')
  const content = own.delete ? undefined : await readInput(file)
  const { base } = own
  await actOnDraft(command, 'Saved', (drafts, options) => drafts.save(path, content, { ...options, base }))
}
