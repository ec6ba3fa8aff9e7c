import type { Explanation, Origin } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { listOutput } from '../../print/output.ts'
import { oneLine, shownValue } from '../../print/shown-value.ts'
import { table } from '../../print/table.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addIdentityOptions, type IdentityOptions, targetOf } from './identity-options.ts'

export const output = listOutput

export function define(command: Command): void {
  addIdentityOptions(
    command
      .description('Show which document, line and release each value of an application comes from. Secrets are hidden.')
      .argument('<app>')
      .argument('[key]', 'such as db.pool, with everything below it (default: all keys, as a table)'),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config explain order --profile production', ''],
        ['waypost config explain order db.pool --instance web-1', ''],
      ),
    )
    .action(explain)
}

async function explain(app: string, key: string | undefined, _own: IdentityOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<IdentityOptions>()
  await withConfig(
    options,
    async (config) => {
      const effective = await config.effective(targetOf(app, options))
      const found = key === undefined ? effective.explainAll() : [effective.explain(key)]
      const explanations = found.filter((each) => each !== undefined)
      if (key !== undefined && explanations.length === 0) {
        throw new WaypostError('not-found', `No document of ${app} sets ${key}.`)
      }
      await output.print(options, {
        simple: () =>
          key === undefined ? explanationsTable(explanations) : explanations.map(explanationText).join(''),
        table: () => explanationsTable(explanations),
        json: () => explanations,
      })
    },
    { action: 'read', subject: `${app}/` },
  )
}

function explanationsTable(explanations: readonly Explanation[]): string {
  const rows = explanations.map((each) => [
    oneLine(each.key),
    shownValue(each.resolved),
    placeOf(each),
    releaseOf(each),
  ])
  return table(['KEY', 'VALUE', 'FROM', 'RELEASE'], rows, terminal.tableStyle)
}

function explanationText(explanation: Explanation): string {
  const { key, resolved, references, below } = explanation
  const { bold, dim } = terminal.colors
  const origins = [explanation, ...below].map((origin) => [
    origin === explanation ? '' : 'over',
    origin.layer,
    placeOf(origin),
    releaseOf(origin),
    shownValue(origin.value),
  ])
  const uses = references.length === 0 ? '' : dim(`uses ${oneLine(references.join(', '))}\n`)
  const places = table(['', 'LAYER', 'FROM', 'RELEASE', 'SAYS'], origins, terminal.tableStyle)
  return `${bold(oneLine(key))}: ${shownValue(resolved)}\n${uses}${places}`
}

function placeOf({ path, line, column }: Origin): string {
  return `${path}:${line}:${column}`
}

function releaseOf({ release, canary }: Origin): string {
  if (canary !== undefined) return `canary ${canary}`
  return release === undefined ? 'by hand' : String(release)
}
