import type { Position } from '../problem.ts'

/**
 * Where each key, table and item of an array of tables begins, by its path as a JSON array of text.
 * For text that has been parsed: what it does not understand it passes over. Keys inside of inline tables and items
 * of plain arrays are not listed; they stand with the key that holds them.
 */
export function tomlKeys(text: string): ReadonlyMap<string, Position> {
  return new KeyScanner(text).scan()
}

class KeyScanner {
  readonly #text: string
  readonly #found = new Map<string, Position>()
  /** How many items each array of tables has so far. */
  readonly #items = new Map<string, number>()
  #table: readonly string[] = []
  #at = 0
  #line = 1
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
    if (text.startsWith('\uFEFF')) {
      this.#at = 1
      this.#lineStart = 1
    }
  }

  scan(): ReadonlyMap<string, Position> {
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
    const name = this.#withItems(this.#key())
    if (isArray) {
      const id = JSON.stringify(name)
      const index = this.#items.get(id) ?? 0
      this.#items.set(id, index + 1)
      this.#note(name, position)
      this.#table = [...name, String(index)]
    } else this.#table = name
    this.#note(this.#table, position)
    this.#skipLine()
  }

  #pair(): void {
    const position = this.#position()
    const key = this.#key()
    const name = [...this.#table]
    for (const part of key) {
      name.push(part)
      this.#note(name, position)
    }
    if (this.#text[this.#at] === '=') this.#advance(1)
    this.#skipValue()
  }

  /** A name that leads through an array of tables means its newest item. */
  #withItems(name: readonly string[]): string[] {
    const path: string[] = []
    for (const [index, part] of name.entries()) {
      path.push(part)
      const items = index < name.length - 1 ? this.#items.get(JSON.stringify(path)) : undefined
      if (items !== undefined) path.push(String(items - 1))
    }
    return path
  }

  #note(path: readonly string[], position: Position): void {
    const id = JSON.stringify(path)
    if (!this.#found.has(id)) this.#found.set(id, position)
  }

  /** A dotted key, up to `=`, `]` or the end of the line. */
  #key(): string[] {
    const parts: string[] = []
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
      else {
        if (character === '[' || character === '{') depth += 1
        if (character === ']' || character === '}') depth -= 1
        this.#advance(1)
        if (character === '\n' && depth <= 0) return
      }
    }
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
