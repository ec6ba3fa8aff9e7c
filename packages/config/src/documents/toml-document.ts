import { parse, TomlDate, TomlError } from 'smol-toml'
import type { ConfigObject, ConfigValue } from '../config-value.ts'
import { setOwn } from '../config-value.ts'
import type { Position } from '../problem.ts'
import type { JsonPath } from './json-document.ts'
import { tomlKeys } from './toml-keys.ts'

export class TomlSyntaxError extends Error {
  readonly position: Position

  constructor(message: string, position: Position) {
    super(message)
    this.position = position
  }
}

const maxDepth = 100

/** Parses TOML 1.0. Dates and times become text, as they are written in ISO 8601. */
export function parseToml(text: string): ConfigObject {
  try {
    const source = text.startsWith('\uFEFF') ? text.slice(1) : text
    return plain(parse(source, { integersAsBigInt: 'asNeeded', maxDepth }), [], text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The library's message continues with a quotation of the text; the first line is the reason.
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'It is not TOML'
    throw new TomlSyntaxError(reason[0]?.toUpperCase() + reason.slice(1), { line: error.line, column: error.column })
  }
}

/** Finds where keys stand in a TOML text that parses. */
export function tomlLocator(text: string): (path: JsonPath) => Position {
  const keys = tomlKeys(text)
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const position = keys.get(JSON.stringify(path.slice(0, length).map(String)))
      if (position !== undefined) return position
    }
    return { line: 1, column: 1 }
  }
}

function plain(table: object, path: readonly string[], text: string): ConfigObject {
  const result: ConfigObject = {}
  for (const [key, value] of Object.entries(table)) setOwn(result, key, plainValue(value, [...path, key], text))
  return result
}

function plainValue(value: unknown, path: readonly string[], text: string): ConfigValue {
  if (path.length > maxDepth) throw new TomlSyntaxError(`Nested more than ${maxDepth} deep`, tomlLocator(text)(path))
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') {
    throw new TomlSyntaxError(
      `${value} is too large to be exact as a number; put it in quotes`,
      tomlLocator(text)(path),
    )
  }
  if (value instanceof TomlDate) return value.toISOString()
  if (Array.isArray(value)) return value.map((item, index) => plainValue(item, [...path, String(index)], text))
  if (typeof value === 'object' && value !== null) return plain(value, path, text)
  throw new Error(`The TOML library gave a ${typeof value}.`)
}
