import { maxNestingDepth } from '@waypost/core'
import { type ConfigValue, setOwn } from '../config-value.ts'
import { positionAt, positionsIn } from '../problem.ts'
import type { JsonPath } from './json-path.ts'
import { KeyPlaces } from './key-places.ts'
import type { LayeredFormat, Locator } from './layered-format.ts'
import { DocumentSyntaxError, excerpt } from './syntax-error.ts'

/** JSON, as RFC 8259 has it. */
export const jsonFormat = {
  name: 'json',
  extensions: ['json'],
  parse(text: string): ConfigValue {
    if (text.trim() === '') return null
    try {
      return parseJson(text)
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error
      throw DocumentSyntaxError.at(error.message, positionAt(text, error.offset))
    }
  },
  locate(text: string): Locator {
    const places = new KeyPlaces()
    const position = positionsIn(text)
    if (text.trim() !== '') parseJson(text, (path, offset) => places.add(path, position(offset)))
    return places.locator()
  },
} as const satisfies LayeredFormat

/** Where in the text JSON goes wrong, and why. */
export class JsonSyntaxError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/**
 * Parses JSON strictly (RFC 8259), and more strictly than `JSON.parse` where that would lose something silently:
 * a name that occurs twice in an object and an integer that a double cannot hold are errors.
 * `visit` is told where each value begins: an object's member at its name.
 */
export function parseJson(text: string, visit?: (path: JsonPath, offset: number) => void): ConfigValue {
  return new JsonReader(text, visit).read()
}

class JsonReader {
  readonly #text: string
  readonly #visit: ((path: JsonPath, offset: number) => void) | undefined
  readonly #path: (string | number)[] = []
  #at: number

  constructor(text: string, visit: ((path: JsonPath, offset: number) => void) | undefined) {
    this.#text = text
    this.#visit = visit
    this.#at = text.startsWith('\uFEFF') ? 1 : 0
  }

  read(): ConfigValue {
    this.#skipSpace()
    this.#visit?.([], this.#at)
    const value = this.#value()
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#unexpected('nothing more')
    return value
  }

  #value(): ConfigValue {
    if (this.#path.length > maxNestingDepth) throw this.#error(`nested more than ${maxNestingDepth} deep`)
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object()
      case '[':
        return this.#array()
      case '"':
        return this.#string()
      default:
        return this.#literal()
    }
  }

  #object(): ConfigValue {
    const object = {}
    this.#at += 1
    this.#skipSpace()
    if (this.#take('}')) return object
    for (;;) {
      const nameAt = this.#at
      if (this.#text[nameAt] !== '"') throw this.#unexpected('a name in double quotes')
      const name = this.#string()
      if (Object.hasOwn(object, name)) {
        throw new JsonSyntaxError(`The name ${JSON.stringify(excerpt(name))} occurs twice in this object`, nameAt)
      }
      this.#skipSpace()
      if (!this.#take(':')) throw this.#unexpected('":"')
      setOwn(object, name, this.#member(name, nameAt))
      if (this.#take('}')) return object
      if (!this.#take(',')) throw this.#unexpected('"," or "}"')
      this.#skipSpace()
    }
  }

  #array(): ConfigValue {
    const array: ConfigValue[] = []
    this.#at += 1
    this.#skipSpace()
    if (this.#take(']')) return array
    for (;;) {
      array.push(this.#member(array.length, undefined))
      if (this.#take(']')) return array
      if (!this.#take(',')) throw this.#unexpected('"," or "]"')
    }
  }

  #member(step: string | number, nameAt: number | undefined): ConfigValue {
    this.#skipSpace()
    this.#path.push(step)
    this.#visit?.(this.#path, nameAt ?? this.#at)
    const value = this.#value()
    this.#path.pop()
    this.#skipSpace()
    return value
  }

  #string(): string {
    const start = this.#at
    for (let at = start + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 0x22) {
        this.#at = at + 1
        return this.#native(start, 'is not a valid string') as string
      }
      if (code === 0x5c) at += 1
      else if (code < 0x20) throw new JsonSyntaxError('A string contains a control character; escape it', at)
    }
    throw new JsonSyntaxError('A string is not closed', start)
  }

  #literal(): ConfigValue {
    const start = this.#at
    const word = /[^\s,:[\]{}"]*/y
    word.lastIndex = start
    const source = word.exec(this.#text)?.[0] ?? ''
    if (source === '') throw this.#unexpected('a value')
    this.#at = start + source.length
    const value = this.#native(start, 'is not a JSON value')
    if (
      typeof value === 'number' &&
      /^-?\d+$/.test(source) &&
      (!Number.isFinite(value) || BigInt(source) !== BigInt(value))
    ) {
      throw new JsonSyntaxError(`${excerpt(source)} is too large to be exact as a number; put it in quotes`, start)
    }
    return value as ConfigValue
  }

  /** One token's value, from the language's own parser. */
  #native(start: number, complaint: string): unknown {
    const source = this.#text.slice(start, this.#at)
    try {
      return JSON.parse(source)
    } catch {
      throw new JsonSyntaxError(`${excerpt(source)} ${complaint}`, start)
    }
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at += 1
    }
  }

  #unexpected(expected: string): JsonSyntaxError {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'the end of the document'
    return this.#error(`${expected} was expected here, not ${found}`)
  }

  #error(message: string): JsonSyntaxError {
    return new JsonSyntaxError(message[0]?.toUpperCase() + message.slice(1), this.#at)
  }
}
