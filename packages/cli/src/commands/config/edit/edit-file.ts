import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { WaypostError } from '@waypost/core'
import { terminal } from '../../../terminal/terminal.ts'
import { runEditor } from './editor.ts'
import { takesComments, withHeader, withoutHeader } from './header.ts'

/** A document that is being edited, in a file that only its owner may read. It is there until `discard`. */
export class EditFile {
  readonly #path: string
  readonly #editor: string
  readonly #folder: string
  readonly #file: string

  private constructor(path: string, editor: string, folder: string) {
    this.#path = path
    this.#editor = editor
    this.#folder = folder
    this.#file = join(folder, basename(path))
  }

  static async create(path: string, editor: string): Promise<EditFile> {
    return new EditFile(path, editor, await mkdtemp(join(tmpdir(), 'waypost-edit-')))
  }

  /** Lets the user edit a text, told of what `lines` say. Gives what was saved. */
  async edit(text: Buffer, lines: readonly string[]): Promise<Buffer> {
    if (!takesComments(this.#path, text)) for (const line of lines) terminal.writeError(`${line}\n`)
    await this.#write(this.#file, withHeader(this.#path, text, lines))
    const code = await runEditor(this.#editor, this.#file)
    if (code === 0) return await this.#read()
    throw new WaypostError(
      'failed-precondition',
      `\`${this.#editor}\` ended with exit code ${code}; nothing was released.`,
    )
  }

  /** Keeps another text beside it, for the person who edits. Gives the file's name. */
  async keepBeside(name: string, text: Uint8Array): Promise<string> {
    const file = join(this.#folder, `${name}-${basename(this.#file)}`)
    await this.#write(file, text)
    return file
  }

  /** Leaves what the user has written, and says where; unless that is what there was before. */
  async keepUnless(original: Buffer | undefined): Promise<void> {
    const text = await this.#read().catch(() => undefined)
    if (text === undefined || (original !== undefined && text.equals(original))) {
      await this.discard()
      return
    }
    await this.#write(this.#file, text)
    terminal.writeError(`Your text is kept: waypost config publish ${this.#path} ${this.#file}\n`)
  }

  async discard(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #read(): Promise<Buffer> {
    return withoutHeader(await readFile(this.#file))
  }

  async #write(file: string, text: Uint8Array): Promise<void> {
    await writeFile(file, text, { mode: 0o600 })
  }
}
