import type { EventLanguage, WebhookFormat } from '@waypost/hub/timeline'
import { type Command, Option } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withWebhooks } from './with-webhooks.ts'

export const output = factsOutput

interface CreateOptions extends GlobalOptions {
  readonly kind: readonly string[]
  readonly name?: string
  readonly format: WebhookFormat
  readonly language: EventLanguage
  readonly service?: string
  readonly path?: string
  readonly secret?: string
}

export function define(command: Command): void {
  command
    .description('Send events to a URL from now on. Prints the signing secret, only this once.')
    .argument('<url>', 'the URL to send to')
    .option('--kind <kinds...>', 'kinds of events: instance.down, release.*', ['*'])
    .option('--name <name>', 'a name for it')
    .addOption(
      new Option('--format <format>', 'the format of the body')
        .choices(['json', 'slack', 'feishu', 'dingtalk', 'wecom'])
        .default('json'),
    )
    .addOption(new Option('--language <language>', 'of sentences').choices(['en', 'zh']).default('en'))
    .option('--service <name>', 'only events about this service')
    .option('--path <path>', 'only events about this document, or below this folder')
    .option('--secret <secret>', 'sign with this secret; for chats, the secret of the bot')
    .addHelpText(
      'after',
      examples(
        ["waypost webhook create https://example.com/hook --kind instance.down 'release.*'", ''],
        ['waypost webhook create https://hooks.slack.com/services/… --format slack --kind instance.down', ''],
      ),
    )
    .action(create)
}

async function create(url: string, _own: CreateOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<CreateOptions>()
  const { kind: kinds, name, format, language, service, path, secret } = options
  await withWebhooks(options, 'readwrite', async (webhooks, asker) => {
    const proposal = { url, kinds, name, format, language, service, path, secret }
    const made = await webhooks.create(proposal, asker, { timeoutMs: options.timeout })
    const shown = made.secret === undefined ? '' : ` Its secret: ${made.secret}`
    await output.print(options, {
      simple: () => `Created the webhook ${made.id}.${shown}\n`,
      json: () => made,
    })
  })
}
