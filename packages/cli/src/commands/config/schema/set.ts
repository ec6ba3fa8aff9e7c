import type { ConfigObject } from '@waypost/config'
import { invalidArgument, messageOf } from '@waypost/core'
import type { Command } from 'commander'
import { scopeWrites } from '../../../access/asked.ts'
import { examples } from '../../../command-line/help.ts'
import { addHubOption, type HubOption } from '../../../hub-api/hub-option.ts'
import { withConfigWriter } from '../../../hub-api/with-config-writer.ts'
import { factsOutput } from '../../../print/output.ts'
import { readInput } from '../document-input.ts'
import { type AuthorOptions, addAuthorOptions, authorship } from '../release/author.ts'

export const output = factsOutput

export function define(command: Command): void {
  addHubOption(
    addAuthorOptions(
      command
        .description(
          'Set the JSON Schema (2020-12, or draft-07 by `$schema`) of a path, of a folder (with a trailing slash), or of everything, from a file or standard input.',
        )
        .argument('<scope>')
        .argument('[file]', 'default: standard input'),
    ),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config schema set order/ order.schema.json', 'all documents below order/'],
        ["waypost config schema set '' any.schema.json", 'all documents without another schema'],
      ),
    )
    .action(set)
}

async function set(scope: string, file: string | undefined, _own: AuthorOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<AuthorOptions & HubOption>()
  const schema = parseSchema(await readInput(file))
  await withConfigWriter(
    options,
    async (_config, { schemas }) => {
      await schemas.set(scope, schema, authorship(options))
      await output.print(options, {
        simple: () => `Set the schema of ${scope || 'everything'}.\n`,
        json: () => ({ scope }),
      })
    },
    scopeWrites('schemas', scope),
  )
}

function parseSchema(text: Buffer): ConfigObject {
  let schema: unknown
  try {
    schema = JSON.parse(text.toString())
  } catch (cause) {
    throw invalidArgument(`The schema is not JSON: ${messageOf(cause)}.`, cause)
  }
  if (isObject(schema)) return schema
  throw invalidArgument('The schema is not a JSON object.')
}

function isObject(value: unknown): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
