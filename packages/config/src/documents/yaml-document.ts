import { maxNestingDepth } from '@waypost/core'
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  YAMLParseError,
} from 'yaml'
import type { ConfigValue } from '../config-value.ts'
import type { Position } from '../problem.ts'
import type { JsonPath } from './json-path.ts'
import type { LayeredFormat, Locator } from './layered-format.ts'
import { DocumentSyntaxError, type TextProblem } from './syntax-error.ts'
import { yamlValue } from './yaml-value.ts'

/**
 * One YAML 1.2 document of the core schema. Merge keys (`<<`) work. Tags of one's own, `!!binary` and the like are
 * errors: nothing in a document can make anything but data. So is an integer that a double cannot hold.
 */
export const yamlFormat = {
  name: 'yaml',
  extensions: ['yaml', 'yml'],
  parse(text: string): ConfigValue {
    const lines = new LineCounter()
    const document = compose(text, lines)
    const problems: TextProblem[] = [...document.errors, ...document.warnings]
      .slice(0, maxProblems)
      .map(({ code, message, pos }) => ({
        message:
          code === 'MULTIPLE_DOCS'
            ? 'A second document begins here; a configuration must be a single document'
            : message,
        position: positionOf(lines, pos[0]),
      }))
    if (problems.length > 0) throw new DocumentSyntaxError(problems)
    const faults: TextProblem[] = []
    const value = yamlValue(document.contents, (offset, message) => {
      faults.push({ message, position: positionOf(lines, offset) })
      return faults.length < maxProblems
    })
    if (faults.length > 0) throw new DocumentSyntaxError(faults)
    return value
  },
  locate(text: string): Locator {
    const lines = new LineCounter()
    const document = compose(text, lines)
    return (path) => locate(document, lines, path)
  },
} as const satisfies LayeredFormat

/** More are not reported: a text that is no YAML at all can have one for each character. */
const maxProblems = 20

/** How much deeper the parser may be than a document may nest, before it is stopped: an exact check follows. */
const stackMargin = 10

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

function compose(text: string, lines: LineCounter): Document.Parsed {
  // Each of the library's errors and warnings would otherwise note where in the library it was made.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    const composer = new Composer({
      schema: 'core',
      merge: true,
      resolveKnownTags: false,
      logLevel: 'error',
      // Checked with the values: the library compares every key with every other.
      uniqueKeys: false,
    })
    const [first, second] = composer.compose(tokensOf(text, lines), true, text.length)
    if (first === undefined) throw new Error('The composer was asked for a document even of empty text.')
    if (second !== undefined) {
      first.errors.push(new YAMLParseError([second.range[0], second.range[0]], 'MULTIPLE_DOCS', ''))
    }
    return first
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * The tokens of a text that is not nested too deeply. Looked for before composing: that is recursive, and a process
 * whose stack is nearly used up can die inside the engine's own code, where no exception is raised.
 */
function tokensOf(text: string, lines: LineCounter): CST.Token[] {
  const parser = new Parser(lines.addNewLine)
  const tokens: CST.Token[] = []
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    if (parser.stack.length > maxNestingDepth + stackMargin) throw tooDeep(lines, parser.offset)
  }
  for (const token of parser.end()) tokens.push(token)
  const deep = deepToken(tokens)
  if (deep !== undefined) throw tooDeep(lines, deep.offset)
  return tokens
}

function tooDeep(lines: LineCounter, offset: number): DocumentSyntaxError {
  return DocumentSyntaxError.at(`Nested more than ${maxNestingDepth} deep`, positionOf(lines, offset))
}

/** The first token nested too deeply. */
function deepToken(tokens: readonly CST.Token[]): CST.Token | undefined {
  const waiting = tokens.map((token) => ({ token, depth: 0 }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next
    if (depth > maxNestingDepth) return token
    if (token.type === 'document' && token.value !== undefined) waiting.push({ token: token.value, depth })
    if (!('items' in token)) continue
    for (const { key, value } of token.items) {
      if (key) waiting.push({ token: key, depth: depth + 1 })
      if (value) waiting.push({ token: value, depth: depth + 1 })
    }
  }
  return undefined
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0]
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
