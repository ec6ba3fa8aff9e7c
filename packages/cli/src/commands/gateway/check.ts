import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ConfigProblem, problemsError, type StoredDocument } from '@waypost/config'
import { messageOf } from '@waypost/core'
import type { Ambiguity } from '@waypost/gateway'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description(
      'Check a file with routes without a store: its fields, names, regular expressions, and that every route can be reached. Imported documents are read from the same directory. Secrets are not decrypted.',
    )
    .argument('<file>', 'such as routes.yaml')
    .addHelpText('after', examples(['waypost gateway check routes.yaml', '']))
    .action(check)
}

async function check(file: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { document, ambiguities } = await readRoutesFile(file)
  const counts = { routes: count(document.routes), policies: count(document.policies) }
  await output.print(options, {
    simple: () => `${file} is good. Routes: ${counts.routes}, policies: ${counts.policies}.\n`,
    json: () => ({ ...counts, ambiguities }),
  })
  for (const ambiguity of ambiguities) terminal.writeError(ambiguityLine(ambiguity))
}

function count(named: object | undefined): number {
  return Object.keys(named ?? {}).length
}

function ambiguityLine({ winner, loser, host }: Ambiguity): string {
  const where = host === '' ? '' : ` on ${host}`
  return `waypost: ${winner} and ${loser} take some of the same requests${where}, and only their names say that ${winner} gets them. Give one a priority.\n`
}

/** The routes of a file. Throws `invalid-document`, naming every place that is wrong. */
export async function readRoutesFile(file: string) {
  const { checkRoutes, defaultRoutesPath } = await import('@waypost/gateway')
  const name = /\.(json|toml|ya?ml)$/.exec(file)?.[1] ?? 'yaml'
  const path = defaultRoutesPath.replace(/yaml$/, name)
  const documents = new Map([[path, await read(file)]])
  for (;;) {
    const missing = new Set<string>()
    const lookUp = {
      document(asked: string): StoredDocument | undefined {
        const bytes = documents.get(asked)
        if (!documents.has(asked)) missing.add(asked)
        return bytes && { bytes, modRevision: 1n }
      },
    }
    const checked = await checkRoutes(lookUp, path)
    if (missing.size > 0) {
      for (const asked of missing) documents.set(asked, await readFile(besides(file, asked)).catch(() => undefined))
      continue
    }
    if (checked.problems) throw problemsError(checked.problems.map((problem) => named(problem, path, file)))
    return checked
  }
}

/** `gateway/shop.yaml` of the store is `shop.yaml` beside the file. */
function besides(file: string, asked: string): string {
  return join(dirname(file), asked.slice(asked.indexOf('/') + 1))
}

/** People look for the file that they gave. */
function named(problem: ConfigProblem, path: string, file: string): ConfigProblem {
  return { ...problem, message: problem.message.replace(`${path}:`, `${file}:`) }
}

async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`)
  }
}
