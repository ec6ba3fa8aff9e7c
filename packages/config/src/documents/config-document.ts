import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import { type ConfigProblem, documentProblem, type Position, positionAt } from '../problem.ts'
import { type JsonPath, JsonSyntaxError, parseJson } from './json-document.ts'
import { locateYaml, parseYaml } from './yaml-document.ts'

/** The formats that can be layered, by extension. */
export const documentExtensions = ['yaml', 'yml', 'json'] as const

/** A document that parsed. */
export interface ConfigDocument {
  readonly path: string
  /** The store's revision at which it was last written. */
  readonly revision: bigint
  readonly value: ConfigObject
  /** Where a key stands in the text. Parses again: for people who look, not for hot paths. */
  locate(path: JsonPath): Position
}

export type ReadDocument =
  | { readonly document: ConfigDocument; readonly problems?: undefined }
  | { readonly document?: undefined; readonly problems: readonly ConfigProblem[] }

/** Parses a document by its path's extension. Empty text is an empty mapping. */
export function readDocument(path: string, bytes: Uint8Array, revision: bigint): ReadDocument {
  const text = decodeText(bytes)
  if (text === undefined) return { problems: [documentProblem(path, undefined, 'The document is not UTF-8 text.')] }
  const { value, problems } = path.endsWith('.json') ? readJson(path, text) : readYaml(path, text)
  if (problems !== undefined) return { problems }
  const locate = (keyPath: JsonPath): Position =>
    path.endsWith('.json') ? locateJson(text, keyPath) : locateYaml(text, keyPath)
  if (value === null) return { document: { path, revision, value: {}, locate } }
  if (isConfigObject(value)) return { document: { path, revision, value, locate } }
  return { problems: [documentProblem(path, locate([]), 'The top level must be a mapping of keys to values.')] }
}

/** UTF-8 text exactly as it is, a byte order mark included; `undefined` when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

type Parsed =
  | { readonly value: ConfigValue; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly ConfigProblem[] }

function readJson(path: string, text: string): Parsed {
  if (text.trim() === '') return { value: null }
  try {
    return { value: parseJson(text) }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return { problems: [documentProblem(path, positionAt(text, error.offset), `${error.message}.`)] }
  }
}

function readYaml(path: string, text: string): Parsed {
  const { value, problems } = parseYaml(text)
  if (problems === undefined) return { value: (value ?? null) as ConfigValue }
  return { problems: problems.map(({ message, position }) => documentProblem(path, position, `${message}.`)) }
}

function locateJson(text: string, path: JsonPath): Position {
  let offset = 0
  let deepest = -1
  parseJson(text, (at, start) => {
    if (at.length > deepest && at.length <= path.length && at.every((step, i) => String(step) === String(path[i]))) {
      deepest = at.length
      offset = start
    }
  })
  return positionAt(text, offset)
}
