import { messageOf } from '@waypost/core'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import { type ConfigProblem, documentProblem, type Position, positionAt } from '../problem.ts'
import {
  decodeText,
  documentExtensions,
  type LayeredFormat,
  layeredFormat,
  maxDocumentBytes,
} from './document-format.ts'
import { type JsonPath, JsonSyntaxError, jsonLocator, parseJson } from './json-document.ts'
import { PropertiesError, parseProperties, propertiesLocator } from './properties-document.ts'
import { parseToml, TomlSyntaxError, tomlLocator } from './toml-document.ts'
import { parseYaml, yamlLocator } from './yaml-document.ts'

/** Tells where a key stands in a text; the nearest part above it when it has no place of its own. */
export type Locator = (path: JsonPath) => Position

/** A document that parsed. */
export interface ConfigDocument {
  readonly path: string
  readonly value: ConfigObject
  /** Finds keys in the text. Parses again: for people who look, not for hot paths. */
  locator(): Locator
}

export type ReadDocument =
  | { readonly document: ConfigDocument; readonly problems?: undefined }
  | { readonly document?: undefined; readonly problems: readonly ConfigProblem[] }

/** Parses a document that can be layered, by its path's extension. Empty text is an empty mapping. */
export function readDocument(path: string, bytes: Uint8Array): ReadDocument {
  const format = layeredFormat(path)
  const failed = (reason: string, position?: Position): ReadDocument => ({
    problems: [documentProblem(path, position, reason)],
  })
  if (format === undefined) return failed(`Only documents that end in ${orList(documentExtensions)} can be layered.`)
  const tooLarge = sizeProblem(path, bytes)
  if (tooLarge !== undefined) return { problems: [tooLarge] }
  const text = decodeText(bytes)
  if (text === undefined) return failed('The document is not UTF-8 text.')
  let parsed: Parsed
  try {
    parsed = parsers[format](text)
  } catch (error) {
    // A defect in a parser, which must not take down what is loaded already.
    return failed(`The document cannot be read: ${messageOf(error)}`)
  }
  if (parsed.problems)
    return { problems: parsed.problems.map((each) => documentProblem(path, each.position, each.message)) }
  const { value = null, locator } = parsed
  if (value === null) return { document: { path, value: {}, locator } }
  if (isConfigObject(value)) return { document: { path, value, locator } }
  return failed('The top level must be a mapping of keys to values.', locator()([]))
}

/**
 * What is wrong with a document that is about to be written: it is too large, or does not parse by its extension.
 * Text and binary documents may hold anything.
 */
export function checkDocument(path: string, bytes: Uint8Array): readonly ConfigProblem[] {
  const tooLarge = sizeProblem(path, bytes)
  if (tooLarge !== undefined) return [tooLarge]
  return layeredFormat(path) === undefined ? [] : (readDocument(path, bytes).problems ?? [])
}

function sizeProblem(path: string, bytes: Uint8Array): ConfigProblem | undefined {
  if (bytes.byteLength <= maxDocumentBytes) return undefined
  const size = bytes.byteLength.toLocaleString('en')
  const limit = maxDocumentBytes.toLocaleString('en')
  return documentProblem(path, undefined, `The document has ${size} bytes; at most ${limit} are allowed. Split it.`)
}

interface TextProblem {
  readonly message: string
  readonly position: Position
}

type Parsed =
  | { readonly value: ConfigValue | undefined; readonly locator: () => Locator; readonly problems?: undefined }
  | { readonly problems: readonly TextProblem[] }

const parsers: Readonly<Record<LayeredFormat, (text: string) => Parsed>> = {
  yaml: (text) => {
    const { value, problems } = parseYaml(text)
    if (problems) return { problems: problems.map((each) => ({ ...each, message: `${each.message}.` })) }
    return { value: (value ?? null) as ConfigValue, locator: () => yamlLocator(text) }
  },
  json: (text) =>
    attempt(
      () => (text.trim() === '' ? null : parseJson(text)),
      () => jsonLocator(text),
      (error) => (error instanceof JsonSyntaxError ? positionAt(text, error.offset) : undefined),
    ),
  toml: (text) =>
    attempt(
      () => parseToml(text),
      () => tomlLocator(text),
      (error) => (error instanceof TomlSyntaxError ? error.position : undefined),
    ),
  properties: (text) =>
    attempt(
      () => parseProperties(text),
      () => propertiesLocator(text),
      (error) => (error instanceof PropertiesError ? error.position : undefined),
    ),
}

function attempt(
  parse: () => ConfigValue,
  locator: () => Locator,
  positionOf: (error: unknown) => Position | undefined,
): Parsed {
  try {
    return { value: parse(), locator }
  } catch (error) {
    const position = positionOf(error)
    if (position === undefined || !(error instanceof Error)) throw error
    return { problems: [{ message: `${error.message}.`, position }] }
  }
}

function orList(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
