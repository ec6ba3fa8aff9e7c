import { resolve } from 'node:path'
import { replaceFile, type Template } from '@waypost/config/render'
import { runFileCommand } from './file-command.ts'

export interface RenderFileOptions {
  readonly out: string
  /** Of a file that is not there yet. */
  readonly mode: number
  readonly check: string | undefined
  readonly exec: string | undefined
  readonly commandTimeoutMs: number
  /** Called when the file has got another content. */
  readonly onWritten: (bytes: number) => void
}

/** Keeps one file as its template says, and tells a program of each change. */
export class RenderedFile {
  readonly #options: RenderFileOptions
  readonly #file: string
  /** The program has not taken note of the file as it is. */
  #isExecDue = false

  constructor(options: RenderFileOptions) {
    this.#options = options
    this.#file = resolve(options.out)
  }

  /** Renders, checks and replaces the file, and runs the command when that changed it, or failed before. */
  async update(template: Template, signal: AbortSignal): Promise<void> {
    const { mode, check, exec, commandTimeoutMs: timeoutMs, onWritten } = this.#options
    const content = Buffer.from(await template.render(signal))
    const changed = await replaceFile(this.#file, content, {
      mode,
      check:
        check === undefined
          ? undefined
          : (candidate) => runFileCommand('check', check, candidate, { timeoutMs, signal }),
    })
    if (changed) {
      onWritten(content.length)
      this.#isExecDue = true
    }
    if (!this.#isExecDue || exec === undefined) return
    await runFileCommand('exec', exec, this.#file, { timeoutMs, signal })
    this.#isExecDue = false
  }
}
