import type { FoundLines } from '@waypost/config/admin'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { folderOf, patternFrom } from './document-pattern.ts'

export const output = listOutput

interface SearchOptions extends GlobalOptions {
  readonly in?: string
  readonly ignoreCase?: boolean
  readonly limit: number
}

export function define(command: Command): void {
  command
    .description('Search the contents of documents, and print each matching line with its path and line number.')
    .argument('<text>', 'a literal text within one line')
    .option('--in <pattern>', 'only in these documents: a folder with a trailing slash, or a pattern')
    .option('-i, --ignore-case', 'ignore case')
    .option('--limit <n>', 'the maximum number of lines', parsePositive, 1_000)
    .addHelpText(
      'after',
      examples(
        ['waypost config search db.internal', ''],
        ["waypost config search 'timeout:' --in order/", 'below order/'],
        ["waypost config search jdbc -i --in '**/*.properties'", ''],
      ),
    )
    .action(search)
}

async function search(text: string, _own: SearchOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<SearchOptions>()
  const pattern = patternFrom(options.in)
  const { ignoreCase, limit, timeout: timeoutMs } = options
  await withConfig(
    options,
    async (config) => {
      const found = await config.documents.search(text, { pattern, ignoreCase, limit, timeoutMs })
      await output.print(options, {
        simple: () => linesText(found),
        table: () => linesTable(found),
        json: () => found.lines,
      })
      if (found.lines.length === 0) terminal.writeError('No document has it.\n')
      if (found.isCut) terminal.writeError(`Only the first ${limit} lines are shown: --limit shows more.\n`)
    },
    { action: 'read', subject: folderOf(pattern) },
  )
}

/** As compilers and `grep` print places, so that editors and terminals find them. */
function linesText({ lines }: FoundLines): string {
  const { dim } = terminal.colors
  return lines
    .map(({ path, line, column, text }) => `${dim(`${oneLine(path)}:${line}:${column}:`)} ${oneLine(text)}\n`)
    .join('')
}

function linesTable({ lines }: FoundLines): string {
  const rows = lines.map(({ path, line, column, text }) => [oneLine(path), `${line}:${column}`, oneLine(text)])
  return table(['DOCUMENT', 'AT', 'TEXT'], rows, terminal.tableStyle)
}
