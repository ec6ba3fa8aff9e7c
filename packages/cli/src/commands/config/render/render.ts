import { readFile } from 'node:fs/promises'
import type { Template, TemplateSource } from '@waypost/config/render'
import { anySignal, messageOf } from '@waypost/core'
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../../../command-line/exit-codes.ts'
import { examples } from '../../../command-line/help.ts'
import { parseDurationMs } from '../../../command-line/parse-values.ts'
import { withStore } from '../../../store/store.ts'
import { onHangUp } from '../../../terminal/hang-up.ts'
import { onInterrupt } from '../../../terminal/interrupt.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { addKeyringOption, type KeyringOptions, optionalKeyring } from '../keyring-option.ts'

interface RenderOptions extends KeyringOptions {
  readonly out?: string
  readonly follow?: true
  readonly once?: true
  readonly check?: string
  readonly exec?: string
  readonly mode?: number
  readonly settle: number
  readonly commandTimeout: number
}

export function define(command: Command): void {
  addKeyringOption(
    command
      .description(
        'Write a file from a Liquid template, with documents, effective configurations and instances of services, for programs that only read files.',
      )
      .argument('<template>', 'a file'),
  )
    .option('--out <file>', 'the file to write (default: standard output)')
    .option('--check <command>', 'check the new file with this command, before it replaces the old one; {} is its path')
    .option('--exec <command>', 'run this command when the content of the file has changed')
    .option('--once', 'write the file and end (default)')
    .option('--follow', 'rewrite it whenever its values change, until Ctrl+C; SIGHUP reloads the template')
    .option('--mode <octal>', 'of a new file (default: 600 with keys, else 644)', parseMode)
    .option('--settle <time>', 'wait until nothing has changed for this long', parseDurationMs, 100)
    .option('--command-timeout <time>', 'how long --check and --exec may take', parseDurationMs, 30_000)
    .addHelpText(
      'after',
      examples(
        ['waypost config render nginx.liquid', 'print it'],
        [
          "waypost config render nginx.liquid --out nginx.conf --check 'nginx -t -c {}' --exec 'nginx -s reload' --follow",
          '',
        ],
      ),
    )
    .action(render)
}

async function render(file: string, own: RenderOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<RenderOptions>()
  checkOptions(own)
  const text = await readTemplate(file)
  const keyring = await optionalKeyring(options)
  const [{ ConfigValues }, { Registry }, { ServiceValues }] = await Promise.all([
    import('@waypost/config/render'),
    import('@waypost/registry'),
    import('./service-values.ts'),
  ])
  using interrupt = onInterrupt()
  using ended = abortedAtEnd()
  const signal = anySignal([interrupt.signal, ended.signal])
  await withStore(
    options,
    async (etcd) => {
      await using registry = new Registry(etcd)
      await using config = closing(
        new ConfigValues(etcd, { keyring, onNotice: (message) => terminal.writeError(`${message}\n`) }),
      )
      await using services = closing(new ServiceValues(registry))
      const sources = [config.source, services.source]
      const template = await parse(file, text, sources, options)
      const mode = options.mode ?? (keyring ? 0o600 : 0o644)
      const { out } = options
      if (out === undefined) terminal.write(await template.render(signal))
      else await write(template, file, { ...options, out, mode }, sources, signal)
    },
    { needs: 'the template reads documents or services that this user may not read: see waypost access show' },
  )
}

async function write(
  first: Template,
  file: string,
  options: RenderOptions & { readonly out: string; readonly mode: number },
  sources: readonly TemplateSource[],
  signal: AbortSignal,
): Promise<void> {
  const { out, mode, check, exec, commandTimeout: commandTimeoutMs, settle: settleMs, follow } = options
  const { RenderedFile } = await import('./render-file.ts')
  const onWritten = (bytes: number): void => terminal.write(`Wrote ${out}: ${bytes} bytes.\n`)
  const rendered = new RenderedFile({ out, mode, check, exec, commandTimeoutMs, onWritten })
  if (!follow) return await rendered.update(first, signal)
  terminal.surviveReaders()
  const { followTemplate } = await import('@waypost/config/render')
  let template = first
  const onError = (error: unknown): void => terminal.writeError(`${messageOf(error)}\n`)
  const following = followTemplate({
    sources,
    run: (running) => rendered.update(template, running),
    onError,
    settleMs,
    signal,
  })
  using _ = onHangUp(() => {
    readTemplate(file)
      .then((text) => parse(file, text, sources, options))
      .then((next) => {
        template = next
        following.changed()
      })
      .catch(onError)
  })
  // A template that asks for nothing has nothing else that keeps the process running.
  const alive = setInterval(() => {}, 60_000)
  await following.done
  clearInterval(alive)
}

async function parse(
  file: string,
  text: string,
  sources: readonly TemplateSource[],
  { timeout: timeoutMs }: RenderOptions,
): Promise<Template> {
  const { Template } = await import('@waypost/config/render')
  return Template.parse(file, text, sources, { timeoutMs })
}

async function readTemplate(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`)
  }
}

/** A store that is given up leaves nothing behind that still tries. */
function abortedAtEnd(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() }
}

function closing<T extends TemplateSource>(source: T): { readonly source: T } & AsyncDisposable {
  return { source, [Symbol.asyncDispose]: () => source.close() }
}

function checkOptions({ out, check, exec, follow, once }: RenderOptions): void {
  if (follow && once) throw new UsageError('--once and --follow do not go together.')
  if (out === undefined && (check ?? exec ?? follow) !== undefined) {
    throw new UsageError('--check, --exec and --follow need --out.')
  }
}

function parseMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError('A mode is octal, such as 640.')
  return Number.parseInt(text, 8)
}
