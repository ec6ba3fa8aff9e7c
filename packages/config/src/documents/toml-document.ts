import { maxNestingDepth } from '@waypost/core'
import { parse, TomlDate, TomlError } from 'smol-toml'
import { type ConfigObject, type ConfigValue, setOwn } from '../config-value.ts'
import type { LayeredFormat, Locator } from './layered-format.ts'
import { DocumentSyntaxError, excerpt } from './syntax-error.ts'
import { scanToml } from './toml-keys.ts'

/** TOML 1.0. Dates and times become text, as they are written in ISO 8601. */
export const tomlFormat = {
  name: 'toml',
  extensions: ['toml'],
  parse(text: string): ConfigValue {
    // The library's cost grows faster than a dotted key or a number; what is too long is refused here.
    scanToml(text)
    try {
      return plain(parse(text, { integersAsBigInt: 'asNeeded', maxDepth: maxNestingDepth }), [], text)
    } catch (error) {
      if (!(error instanceof TomlError)) throw error
      // The library's message continues with a quotation of the text; the first line is the reason.
      const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'It is not TOML'
      const message = reason[0]?.toUpperCase() + reason.slice(1)
      throw DocumentSyntaxError.at(message, { line: error.line, column: error.column })
    }
  },
  locate: (text: string): Locator => scanToml(text).locator(),
} as const satisfies LayeredFormat

function plain(table: object, path: readonly string[], text: string): ConfigObject {
  const result: ConfigObject = {}
  for (const [key, value] of Object.entries(table)) setOwn(result, key, plainValue(value, [...path, key], text))
  return result
}

function plainValue(value: unknown, path: readonly string[], text: string): ConfigValue {
  if (path.length > maxNestingDepth) {
    throw DocumentSyntaxError.at(`Nested more than ${maxNestingDepth} deep`, tomlFormat.locate(text)(path))
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') {
    throw DocumentSyntaxError.at(
      `${excerpt(String(value))} is too large to be exact as a number; put it in quotes`,
      tomlFormat.locate(text)(path),
    )
  }
  if (value instanceof TomlDate) return value.toISOString()
  if (Array.isArray(value)) return value.map((item, index) => plainValue(item, [...path, String(index)], text))
  if (typeof value === 'object' && value !== null) return plain(value, path, text)
  throw new Error(`The TOML library returned a ${typeof value}.`)
}
