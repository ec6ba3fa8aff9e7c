import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  visit,
  YAMLParseError,
} from 'yaml'
import type { Position } from '../problem.ts'
import type { JsonPath } from './json-document.ts'

export interface YamlProblem {
  readonly message: string
  readonly position: Position
}

export type ParsedYaml =
  | { readonly value: unknown; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly YamlProblem[] }

/** How often aliases may repeat what they stand for, in all: more is an attack on memory. */
const maxAliasCount = 100

const maxDepth = 100

/**
 * Parses one YAML 1.2 document of the core schema. Merge keys (`<<`) work. Tags of one's own, `!!binary` and the like
 * are errors: nothing in a document can make anything but data. So is an integer that a double cannot hold.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  const deep = tooDeep(tokens)
  if (deep !== undefined) {
    return { problems: [{ message: `Nested more than ${maxDepth} deep`, position: positionOf(lines, deep.offset) }] }
  }
  const document = compose(tokens, text)
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    message: code === 'MULTIPLE_DOCS' ? 'A second document begins here; a configuration is one' : message,
    position: positionOf(lines, pos[0]),
  }))
  if (problems.length === 0) problems.push(...check(document, lines))
  if (problems.length > 0) return { problems }
  try {
    return { value: document.toJS({ maxAliasCount }) }
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error
    return { problems: [{ message: error.message, position: { line: 1, column: 1 } }] }
  }
}

/** Finds where keys and items stand; the nearest part above one that has no place of its own, as with a merge key. */
export function yamlLocator(text: string): (path: JsonPath) => Position {
  const lines = new LineCounter()
  const document = compose([...new Parser(lines.addNewLine).parse(text)], text)
  return (path) => locate(document, lines, path)
}

function locate(document: Document.Parsed, lines: LineCounter, path: JsonPath): Position {
  let node: Node | undefined = document.contents ?? undefined
  let offset = startOf(node) ?? 0
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined) break
      offset = (isNode(pair.key) ? startOf(pair.key) : undefined) ?? offset
      node = isNode(pair.value) ? pair.value : undefined
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)]
      if (!isNode(item)) break
      offset = startOf(item) ?? offset
      node = item
    } else break
  }
  return positionOf(lines, offset)
}

function compose(tokens: readonly CST.Token[], text: string): Document.Parsed {
  const composer = new Composer({
    schema: 'core',
    merge: true,
    resolveKnownTags: false,
    logLevel: 'error',
    // Checked below: the library compares every key with every other.
    uniqueKeys: false,
  })
  const [first, second] = composer.compose(tokens, true, text.length)
  if (first === undefined) throw new Error('The composer was asked for a document even of empty text.')
  if (second !== undefined) {
    first.errors.push(new YAMLParseError([second.range[0], second.range[0]], 'MULTIPLE_DOCS', ''))
  }
  return first
}

/**
 * The first token nested too deeply. Looked for before composing: that is recursive, and a process whose stack
 * is nearly used up can die inside the engine's own code, where no exception is raised.
 */
function tooDeep(tokens: readonly CST.Token[]): CST.Token | undefined {
  const waiting = tokens.map((token) => ({ token, depth: 0 }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next
    if (depth > maxDepth) return token
    if (token.type === 'document' && token.value !== undefined) waiting.push({ token: token.value, depth })
    if (!('items' in token)) continue
    for (const { key, value } of token.items) {
      if (key) waiting.push({ token: key, depth: depth + 1 })
      if (value) waiting.push({ token: value, depth: depth + 1 })
    }
  }
  return undefined
}

/** What the parser lets pass and a configuration must not contain. */
function check(document: Document.Parsed, lines: LineCounter): YamlProblem[] {
  const problems: YamlProblem[] = []
  const report = (node: Node, message: string): void => {
    problems.push({ message, position: positionOf(lines, startOf(node) ?? 0) })
  }
  visit(document, {
    Map(_, { items }) {
      const names = new Set<string>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        // Keys that differ in type alone would be one property.
        const name = String(key.value)
        if (names.has(name)) report(key, `Keys must be unique, and ${JSON.stringify(name)} occurs twice`)
        names.add(name)
      }
    },
    Pair(_, { key }) {
      if (isNode(key) && !isScalar(key) && !isAlias(key)) report(key, 'A key must be a single word, not a collection')
    },
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document)
      if (target === undefined) report(alias, `There is no anchor &${alias.source} before this alias`)
      else if (ancestors.includes(target)) report(alias, `The anchor &${alias.source} contains itself`)
    },
    Scalar(_, scalar) {
      const { value, source } = scalar
      if (typeof value !== 'number') return
      const exact = magnitude(source)
      if (exact !== undefined && (!Number.isFinite(value) || exact !== BigInt(Math.abs(value)))) {
        report(scalar, `${source} is too large to be exact as a number; put it in quotes`)
      }
    },
  })
  return problems
}

/** The digits of an integer without its sign; `undefined` for any other number. */
function magnitude(source: string | undefined): bigint | undefined {
  const digits = /^[-+]?(\d+|0x[\da-f]+|0o[0-7]+)$/i.exec(source ?? '')?.[1]
  return digits === undefined ? undefined : BigInt(digits)
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0]
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
