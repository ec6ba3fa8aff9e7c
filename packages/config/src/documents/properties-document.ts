import { type ConfigObject, isConfigObject, setOwn } from '../config-value.ts'
import { type Position, positionAt, positionsIn } from '../problem.ts'
import type { JsonPath } from './json-document.ts'
import { scalarOfText } from './scalar-text.ts'

export class PropertiesError extends Error {
  readonly position: Position

  constructor(message: string, position: Position) {
    super(message)
    this.position = position
  }
}

interface Entry {
  readonly key: string
  readonly value: string
  readonly offset: number
}

const maxDepth = 100

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
      throw new PropertiesError(message, positionAt(text, offset))
    }
    const steps = key.split('.')
    if (steps.includes('')) fail(`The key ${JSON.stringify(key)} has an empty part`)
    if (steps.length > maxDepth) fail(`Nested more than ${maxDepth} deep`)
    let target: ConfigObject = root
    for (const [index, step] of steps.slice(0, -1).entries()) {
      const child = Object.hasOwn(target, step) ? target[step] : undefined
      const name = steps.slice(0, index + 1).join('.')
      if (child === undefined) {
        const made: ConfigObject = {}
        setOwn(target, step, made)
        target = made
      } else if (isConfigObject(child)) target = child
      else fail(`${key} cannot be set: ${name} has a value of its own`)
    }
    const last = steps.at(-1) ?? ''
    if (Object.hasOwn(target, last)) {
      fail(isConfigObject(target[last]) ? `${key} cannot be set: it has keys below it` : `The key ${key} occurs twice`)
    }
    setOwn(target, last, scalarOfText(value))
  }
  return root
}

/** Finds where keys stand in a properties file: a level at the first key below it. */
export function propertiesLocator(text: string): (path: JsonPath) => Position {
  const offsets = new Map<string, number>()
  for (const { key, offset } of entriesOf(text)) {
    for (let end = key.length; end > 0; end = key.lastIndexOf('.', end - 1)) {
      const level = key.slice(0, end)
      if (!offsets.has(level)) offsets.set(level, offset)
    }
  }
  const position = positionsIn(text)
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsets.get(path.slice(0, length).join('.'))
      if (offset !== undefined) return position(offset)
    }
    return { line: 1, column: 1 }
  }
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
    const offset = start + part.length - part.trimStart().length
    part = part.replace(/^[ \t\f]+/, '')
    if (part === '' || part.startsWith('#') || part.startsWith('!')) continue
    const parts: string[] = []
    while (/(?<!\\)(?:\\\\)*\\$/.test(part) && at < text.length) {
      parts.push(part.slice(0, -1))
      part = nextLine().replace(/^[ \t\f]+/, '')
    }
    const content = parts.join('') + part
    const [, key = '', value = ''] = /^((?:\\.|[^\\\s=:])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(content) ?? []
    const place = (): Position => positionAt(text, offset)
    entries.push({ key: unescaped(key, place), value: unescaped(value, place), offset })
  }
  return entries
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(source: string, place: () => Position): string {
  return source.replace(/\\(u[\da-fA-F]{4}|.|$)/gs, (_, escaped: string) => {
    if (escaped === 'u') throw new PropertiesError('\\u must be followed by four hexadecimal digits', place())
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return escapes[escaped] ?? escaped
  })
}
