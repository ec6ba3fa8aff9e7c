import type { ConfigCenter } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parsePositive } from '../../command-line/parse-values.ts'
import { jsonText } from '../../print/json-text.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'
import { terminal } from '../../terminal/terminal.ts'

export const output = factsOutput

interface GetOptions extends GlobalOptions {
  readonly release?: number
}

export function define(command: Command): void {
  command
    .description('Print a value exactly as it is stored. Exits with code 4 if the path does not exist.')
    .argument('<path>', 'such as order/application.yaml')
    .option('--release <n>', 'the text of this release', parsePositive)
    .addHelpText(
      'after',
      examples(
        ['waypost config get order/timeout', ''],
        ['waypost config get order/application.yaml > application.yaml', ''],
        ['waypost config get order/application.yaml --release 3', ''],
      ),
    )
    .action(get)
}

async function get(path: string, _own: GetOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GetOptions>()
  await withConfig(
    options,
    async (config) => {
      const value = await read(config, path, options)
      const { text, encoding } = jsonText(value)
      // For eyes, not for files: what is redirected stays exact.
      const lineEnd = terminal.isTty && value.at(-1) !== 0x0a ? '\n' : ''
      await output.print(options, {
        simple: () => Buffer.concat([value, Buffer.from(lineEnd)]),
        json: () => ({ path, value: text, encoding }),
      })
    },
    { action: 'read', subject: path },
  )
}

async function read(config: ConfigCenter, path: string, { release }: GetOptions): Promise<Uint8Array> {
  if (release === undefined) {
    const value = await config.getBytes(path)
    if (value !== undefined) return value
    throw new WaypostError('not-found', `There is no configuration at ${path}.`)
  }
  const { bytes } = await config.releases.get(path, release)
  if (bytes !== undefined) return bytes
  throw new WaypostError('not-found', `Release ${release} of ${path} deleted it.`)
}
