import pc from 'picocolors'

type Colors = ReturnType<typeof pc.createColors>

/** Standard output and error of this process. */
class Terminal {
  /** Whether a person looks at standard output. */
  readonly isTty = process.stdout.isTTY === true
  /** Colours, or plain text when nobody looks or `NO_COLOR` is set. */
  readonly colors: Colors = pc.createColors(this.isTty && !process.env.NO_COLOR && process.env.TERM !== 'dumb')

  #survivesReaders = false

  constructor() {
    process.stdout.on('error', (error) => this.#onOutputError(error))
    // What cannot be said changes nothing about what is done.
    process.stderr.on('error', () => {})
  }

  /** For a command that does more than print, for hours: it goes on when nobody can read its output any more. */
  surviveReaders(): void {
    this.#survivesReaders = true
  }

  /** Terminals that do not know their size say 0. */
  get columns(): number {
    return process.stdout.columns || 80
  }

  get rows(): number {
    return process.stdout.rows || 24
  }

  /** How tables look here: a bold heading, and lines no longer than the screen is wide. */
  get tableStyle(): { readonly heading: (text: string) => string; readonly columns: number | undefined } {
    return { heading: this.colors.bold, columns: this.isTty ? this.columns : undefined }
  }

  write(text: string | Uint8Array): void {
    process.stdout.write(text)
  }

  writeError(text: string): void {
    process.stderr.write(text)
  }

  #onOutputError(error: Error): void {
    if (this.#survivesReaders) return
    // The reader of a pipe, such as `head`, has seen enough.
    if ('code' in error && error.code === 'EPIPE') process.exit()
    throw error
  }
}

export const terminal = new Terminal()
