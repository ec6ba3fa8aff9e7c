import { andList } from '@waypost/core'
import { UsageError } from '../command-line/exit-codes.ts'
import { terminal } from '../terminal/terminal.ts'
import { jsonLine } from './json-line.ts'

export const outputFormats = ['simple', 'json', 'fields', 'table'] as const

/** How answers are printed. */
export type OutputFormat = (typeof outputFormats)[number]

/** As the command line asks for it; `undefined`: in the command's own way. */
export interface FormatOption {
  readonly writeOut?: OutputFormat | undefined
}

type Printed<F extends OutputFormat> = F extends 'json' ? unknown : string | Uint8Array

/**
 * An answer in each format that a command has: text, or for JSON a value. Only the one that is asked for is made.
 * 64-bit integers stay `bigint` in the value, and keep all their digits.
 */
export type Answer<F extends OutputFormat> = {
  readonly [Format in F]: () => Printed<Format> | Promise<Printed<Format>>
}

/** The formats that a command has; the first is the default. Every command prints its answers through one of these. */
export class Output<F extends OutputFormat = OutputFormat> {
  readonly formats: readonly [F, ...F[]]

  constructor(...formats: readonly [F, ...F[]]) {
    this.formats = formats
  }

  /** Throws for a format that the command lacks. */
  check({ writeOut }: FormatOption): void {
    this.#wanted(writeOut)
  }

  async print(options: FormatOption, answer: Answer<F>): Promise<void> {
    const format = this.#wanted(options.writeOut)
    terminal.write(toText(format, await answer[format]()))
  }

  /** One of several things, by the format: for commands that print as they go. */
  choose<T>({ writeOut }: FormatOption, choices: Readonly<Record<F, T>>): T {
    return choices[this.#wanted(writeOut)]
  }

  #wanted(format: OutputFormat | undefined): F {
    if (format === undefined) return this.formats[0]
    const known = this.formats.find((each) => each === format)
    if (known !== undefined) return known
    throw new UsageError(`This command has no output format \`${format}\`; it has ${andList(this.formats)}.`)
  }
}

function toText(format: OutputFormat, printed: unknown): string | Uint8Array {
  if (format === 'json') return jsonLine(printed)
  return printed instanceof Uint8Array ? printed : String(printed)
}

/** A command that prints text only. */
export const textOutput = new Output('simple')

/** A sentence for people, facts for programs. */
export const factsOutput = new Output('simple', 'json')

/** A table for people, facts for programs. */
export const listOutput = new Output('simple', 'table', 'json')
