import { maxNestingDepth } from '@waypost/core'
import type { Position } from '../problem.ts'
import { KeyPlaces } from './key-places.ts'
import { DocumentSyntaxError, excerpt } from './syntax-error.ts'

/**
 * Where each key, table and item of an array of tables begins. What it does not understand it passes over. Keys inside
 * of inline tables and items of plain arrays are not listed; they stand with the key that holds them.
 *
 * Throws `DocumentSyntaxError` for a dotted key of more parts, or a number of more digits, than any document needs.
 */
export function scanToml(text: string): KeyPlaces {
  return new KeyScanner(text).scan()
}

/** A double has at most 309 digits before its point; more are refused before they are read as a number. */
const maxNumberLength = 1_000

class KeyScanner {
  readonly #text: string
  readonly #found = new KeyPlaces()
  #table: readonly string[] = []
  #at = 0
  #line = 1
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  scan(): KeyPlaces {
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? ''
      if (/\s/.test(character)) this.#advance(1)
      else if (character === '#') this.#skipLine()
      else if (character === '[') this.#header()
      else this.#pair()
    }
    return this.#found
  }

  #header(): void {
    const position = this.#position()
    const isArray = this.#text.startsWith('[[', this.#at)
    this.#advance(isArray ? 2 : 1)
    const name = this.#found.withItems(this.#key())
    this.#found.add(name, position)
    this.#table = isArray ? [...name, String(this.#found.nextItem(name))] : name
    this.#found.add(this.#table, position)
    this.#skipLine()
  }

  #pair(): void {
    const position = this.#position()
    const name = [...this.#table, ...this.#key()]
    this.#found.add(name, position, this.#table.length + 1)
    if (this.#text[this.#at] === '=') this.#advance(1)
    this.#skipValue()
  }

  /** A dotted key, up to `=`, `]` or the end of the line. */
  #key(): string[] {
    const parts: string[] = []
    const start = this.#position()
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? ''
      if (character === '=' || character === ']' || character === '\n') break
      if (character === '"' || character === "'") parts.push(this.#quoted(character))
      else if (/[\s.]/.test(character)) this.#advance(1)
      else {
        const bare = /[^\s.=\]"']+/y
        bare.lastIndex = this.#at
        const word = bare.exec(this.#text)?.[0] ?? character
        parts.push(word)
        this.#advance(word.length)
      }
      if (parts.length > maxNestingDepth) this.#fail(`Nested more than ${maxNestingDepth} deep`, start)
    }
    return parts
  }

  #quoted(quote: string): string {
    const start = this.#at
    this.#skipString(quote)
    const source = this.#text.slice(start, this.#at)
    if (quote === "'") return source.slice(1, -1)
    try {
      return String(JSON.parse(source))
    } catch {
      return source.slice(1, -1)
    }
  }

  /** Up to the end of the line that is outside of all brackets and strings. */
  #skipValue(): void {
    let depth = 0
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? ''
      if (character === '"' || character === "'") this.#skipString(character)
      else if (character === '#') this.#skipLine()
      else if (/\w/.test(character)) this.#skipWord()
      else {
        if (character === '[' || character === '{') depth += 1
        if (character === ']' || character === '}') depth -= 1
        this.#advance(1)
        if (character === '\n' && depth <= 0) return
      }
    }
  }

  /** A number, a date or a boolean, or a key in an inline table. */
  #skipWord(): void {
    const start = this.#position()
    const bare = /[\w.+:-]+/y
    bare.lastIndex = this.#at
    const word = bare.exec(this.#text)?.[0] ?? ''
    if (word.length > maxNumberLength) this.#fail(`${excerpt(word)} is too long; put it in quotes`, start)
    this.#advance(word.length)
  }

  #fail(message: string, position: Position): never {
    throw DocumentSyntaxError.at(message, position)
  }

  #skipString(quote: string): void {
    const long = quote.repeat(3)
    const end = this.#text.startsWith(long, this.#at) ? long : quote
    this.#advance(end.length)
    while (this.#at < this.#text.length && !this.#text.startsWith(end, this.#at)) {
      this.#advance(quote === '"' && this.#text[this.#at] === '\\' ? 2 : 1)
    }
    this.#advance(end.length)
    // A long string may end in quotes of its own: `"""a""""`.
    while (end.length === 3 && this.#text[this.#at] === quote) this.#advance(1)
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#advance((end === -1 ? this.#text.length : end) - this.#at)
  }

  #advance(count: number): void {
    for (const end = Math.min(this.#text.length, this.#at + count); this.#at < end; this.#at++) {
      if (this.#text[this.#at] !== '\n') continue
      this.#line += 1
      this.#lineStart = this.#at + 1
    }
  }

  #position(): Position {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 }
  }
}
