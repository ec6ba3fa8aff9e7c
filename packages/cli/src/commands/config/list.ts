import type { ListedDocument } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { age } from '../../print/age.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { folderOf, patternFrom } from './document-pattern.ts'

export const output = listOutput

export function define(command: Command): void {
  command
    .description(
      'List documents as a tree, each with its release, author and age, the schema that it must fit, its canaries and ' +
        'its draft. A star marks documents that were changed by hand since their release.',
    )
    .argument('[pattern]', 'a folder with its slash at the end, or a pattern: * and ? within a part, ** for any parts')
    .addHelpText(
      'after',
      examples(
        ['waypost config list', 'all documents'],
        ['waypost config list order/', 'what is below order/'],
        ["waypost config list '**/*.yaml' -o table", 'one line for each path'],
        ["waypost config list 'order/**' -o json", ''],
      ),
    )
    .action(list)
}

async function list(asked: string | undefined, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const pattern = patternFrom(asked)
  await withConfig(
    options,
    async (config) => {
      const documents = await config.documents.list(pattern, { timeoutMs: options.timeout })
      await output.print(options, {
        simple: () => (documents.length === 0 ? `No documents match ${pattern}.\n` : tree(documents)),
        table: () => documentsTable(documents.map((document) => [oneLine(document.path), document])),
        json: () => documents,
      })
    },
    { action: 'read', subject: folderOf(pattern) },
  )
}

type Row = readonly [name: string, document: ListedDocument | undefined]

/** Folders on lines of their own, with what is in them further to the right. */
function tree(documents: readonly ListedDocument[]): string {
  const rows: Row[] = []
  let open: readonly string[] = []
  for (const document of documents) {
    const folders = document.path.split('/')
    const name = folders.pop() ?? ''
    const same = folders.findIndex((folder, depth) => folder !== open[depth])
    const kept = same === -1 ? folders.length : same
    for (const [depth, folder] of folders.entries()) {
      if (depth >= kept) rows.push([`${'  '.repeat(depth)}${oneLine(folder)}/`, undefined])
    }
    rows.push([`${'  '.repeat(folders.length)}${oneLine(name)}`, document])
    open = folders
  }
  return documentsTable(rows)
}

/** Columns that no document fills are left out. */
function documentsTable(rows: readonly Row[]): string {
  const nowMs = Date.now()
  const columns: readonly (readonly [string, (document: ListedDocument) => string])[] = [
    ['RELEASE', releaseText],
    ['AUTHOR', ({ author }) => oneLine(author ?? '')],
    ['AGE', ({ at }) => (at === undefined ? '' : age(nowMs - Date.parse(at)))],
    ['SCHEMA', ({ schema }) => (schema === '' ? "''" : oneLine(schema ?? ''))],
    ['CANARIES', ({ canaries }) => oneLine(canaries.join(', '))],
    ['DRAFT', ({ draft }) => draft ?? ''],
  ]
  const filled = columns.filter(([, cell]) =>
    rows.some(([, document]) => document !== undefined && cell(document) !== ''),
  )
  return table(
    ['DOCUMENT', ...filled.map(([title]) => title)],
    rows.map(([name, document]) => [name, ...(document === undefined ? [] : filled.map(([, cell]) => cell(document)))]),
    terminal.tableStyle,
  )
}

function releaseText({ release, changedByHand }: ListedDocument): string {
  if (release === 0) return terminal.colors.yellow('by hand')
  return changedByHand ? terminal.colors.yellow(`${release} *`) : String(release)
}
