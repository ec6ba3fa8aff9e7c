import { maxNestingDepth } from '@waypost/core'
import { type ConfigObject, type ConfigValue, setOwn } from '../config-value.ts'
import { type Position, positionAt, positionsIn } from '../problem.ts'
import { KeyPlaces } from './key-places.ts'
import { keySteps } from './key-steps.ts'
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

/** A level of keys, or a list of items. */
interface Level {
  readonly isList: boolean
  readonly children: Map<string | number, Level | ConfigValue>
  /** Of its first key. */
  readonly offset: number
}

/**
 * Parses a properties file. A dot in a key separates levels, and `[0]` is an item of a list: `db.pool.max=10` is
 * `{ db: { pool: { max: 10 } } }`, `hosts[0]=a` is `{ hosts: ['a'] }`. Values are read as `scalarOfText` says. A key
 * that occurs twice, one that is a value and a level at once, and a list without one of its items are errors.
 *
 * Source: the format of `java.util.Properties.load`, in the Java SE API specification; keys as in Spring Boot.
 */
export function parseProperties(text: string): ConfigObject {
  const root: Level = { isList: false, children: new Map(), offset: 0 }
  for (const entry of entriesOf(text)) place(root, entry, text)
  const result: ConfigObject = {}
  for (const [name, child] of root.children) setOwn(result, String(name), filled(child, String(name), text))
  return result
}

function place(root: Level, { key, value, offset }: Entry, text: string): void {
  const fail = (message: string): never => {
    throw DocumentSyntaxError.at(message, positionAt(text, offset))
  }
  if (key.includes('\uFEFF')) fail(strayMark)
  const steps = keySteps(key) ?? fail(`The key ${JSON.stringify(excerpt(key))} has an empty part or an open bracket`)
  if (steps.length > maxNestingDepth) fail(`Nested more than ${maxNestingDepth} deep`)
  const nameOf = (length: number): string => excerpt(steps.slice(0, length).join('.'))
  let level = root
  for (const [index, step] of steps.entries()) {
    if (level.isList !== (typeof step === 'number')) {
      fail(`${excerpt(key)} cannot be set: ${nameOf(index) || 'the top'} is a ${level.isList ? 'list' : 'mapping'}`)
    }
    const child = level.children.get(step)
    if (index === steps.length - 1) {
      if (isLevel(child)) fail(`${excerpt(key)} cannot be set: it has keys below it`)
      if (child !== undefined) fail(`The key ${excerpt(key)} occurs twice`)
      level.children.set(step, scalarOfText(value))
    } else if (child === undefined) {
      const made: Level = { isList: typeof steps[index + 1] === 'number', children: new Map(), offset }
      level.children.set(step, made)
      level = made
    } else if (isLevel(child)) level = child
    else fail(`${excerpt(key)} cannot be set: ${nameOf(index + 1)} has a value of its own`)
  }
}

function isLevel(child: Level | ConfigValue | undefined): child is Level {
  return typeof child === 'object' && child !== null && 'children' in child && child.children instanceof Map
}

function filled(child: Level | ConfigValue, name: string, text: string): ConfigValue {
  if (!isLevel(child)) return child
  if (!child.isList) {
    const result: ConfigObject = {}
    for (const [step, below] of child.children) setOwn(result, String(step), filled(below, `${name}.${step}`, text))
    return result
  }
  return Array.from({ length: child.children.size }, (_, index) => {
    const item = child.children.get(index)
    if (item !== undefined) return filled(item, `${name}[${index}]`, text)
    const message = `${excerpt(name)} has no [${index}]: a list has all its items from [0] on`
    throw DocumentSyntaxError.at(message, positionAt(text, child.offset))
  })
}

/** Finds where keys stand in a properties file: a level at the first key below it. */
function propertiesLocator(text: string): Locator {
  const places = new KeyPlaces()
  const position = positionsIn(text)
  for (const { key, offset } of entriesOf(text)) {
    places.add(keySteps(key) ?? [], position(offset), 1)
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
