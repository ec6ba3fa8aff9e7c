import { maxNestingDepth } from '@waypost/core'
import { type ConfigObject, isConfigObject, setOwn } from '../config-value.ts'
import { type Position, positionAt, positionsIn } from '../problem.ts'
import { KeyPlaces } from './key-places.ts'
import type { LayeredFormat, Locator } from './layered-format.ts'
import { scalarOfText } from './scalar-text.ts'
import { DocumentSyntaxError, excerpt, strayMark } from './syntax-error.ts'

export const propertiesFormat = {
  name: 'properties',
  extensions: ['properties'],
  parse: parseProperties,
  locate: propertiesLocator,
} as const satisfies LayeredFormat

interface Entry {
  readonly key: string
  readonly value: string
  readonly offset: number
}

/**
 * Parses a properties file. A dot in a key separates levels: `db.pool.max=10` is `{ db: { pool: { max: 10 } } }`.
 * Values are read as `scalarOfText` says. A key that occurs twice, or that is a value and a level at once, is an error.
 *
 * Source: the format of `java.util.Properties.load`, in the Java SE API specification.
 */
export function parseProperties(text: string): ConfigObject {
  const root: ConfigObject = {}
  for (const { key, value, offset } of entriesOf(text)) {
    const fail = (message: string): never => {
      throw DocumentSyntaxError.at(message, positionAt(text, offset))
    }
    const steps = key.split('.')
    if (key.includes('\uFEFF')) fail(strayMark)
    if (steps.includes('')) fail(`The key ${JSON.stringify(excerpt(key))} has an empty part`)
    if (steps.length > maxNestingDepth) fail(`Nested more than ${maxNestingDepth} deep`)
    let target: ConfigObject = root
    for (const [index, step] of steps.slice(0, -1).entries()) {
      const child = Object.hasOwn(target, step) ? target[step] : undefined
      if (child === undefined) {
        const made: ConfigObject = {}
        setOwn(target, step, made)
        target = made
      } else if (isConfigObject(child)) target = child
      else fail(`${excerpt(key)} cannot be set: ${excerpt(steps.slice(0, index + 1).join('.'))} has a value of its own`)
    }
    const last = steps.at(-1) ?? ''
    if (Object.hasOwn(target, last)) {
      fail(
        isConfigObject(target[last])
          ? `${excerpt(key)} cannot be set: it has keys below it`
          : `The key ${excerpt(key)} occurs twice`,
      )
    }
    setOwn(target, last, scalarOfText(value))
  }
  return root
}

/** Finds where keys stand in a properties file: a level at the first key below it. */
function propertiesLocator(text: string): Locator {
  const places = new KeyPlaces()
  const position = positionsIn(text)
  for (const { key, offset } of entriesOf(text)) {
    const steps = key.split('.')
    const at = position(offset)
    for (let length = 1; length <= steps.length; length++) places.add(steps.slice(0, length), at)
  }
  return places.locator()
}

/** Logical lines: comments and blank lines left out, lines that end in a backslash joined with the next. */
function entriesOf(text: string): Entry[] {
  const entries: Entry[] = []
  const line = /[^\r\n]*(?:\r\n|\r|\n|$)/y
  let at = text.startsWith('\uFEFF') ? 1 : 0
  const nextLine = (): string => {
    line.lastIndex = at
    const found = line.exec(text)?.[0] ?? ''
    at += found.length
    return found.replace(/[\r\n]+$/, '')
  }
  while (at < text.length) {
    const start = at
    let part = nextLine()
    const indent = /^[ \t\f]*/.exec(part)?.[0].length ?? 0
    const offset = start + indent
    part = part.slice(indent)
    if (part === '' || part.startsWith('#') || part.startsWith('!')) continue
    const parts: string[] = []
    while (/(?<!\\)(?:\\\\)*\\$/.test(part) && at < text.length) {
      parts.push(part.slice(0, -1))
      part = nextLine().replace(/^[ \t\f]+/, '')
    }
    const content = parts.join('') + part
    const [, key = '', value = ''] = /^((?:\\.|[^\\ \t\f=:])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(content) ?? []
    const place = (): Position => positionAt(text, offset)
    entries.push({ key: unescaped(key, place), value: unescaped(value, place), offset })
  }
  return entries
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(source: string, place: () => Position): string {
  return source.replace(/\\(u[\da-fA-F]{4}|.|$)/gs, (_, escaped: string) => {
    if (escaped === 'u') throw DocumentSyntaxError.at('\\u must be followed by four hexadecimal digits', place())
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return escapes[escaped] ?? escaped
  })
}
