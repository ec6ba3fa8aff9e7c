import { messageOf, orList } from '@waypost/core'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import { type ConfigProblem, documentProblem, type Position } from '../problem.ts'
import { decodeText, maxDocumentBytes, withoutByteOrderMark } from './document-text.ts'
import { documentExtensions, layeredFormat } from './formats.ts'
import type { Locator } from './layered-format.ts'
import { DocumentSyntaxError } from './syntax-error.ts'

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
  const decoded = decodeText(bytes)
  if (decoded === undefined) return failed('The document is not UTF-8 text.')
  const text = withoutByteOrderMark(decoded)
  const locator = (): Locator => format.locate(text)
  let value: ConfigValue
  try {
    value = format.parse(text)
  } catch (error) {
    if (!(error instanceof DocumentSyntaxError)) {
      // A defect in a parser must not take down what is loaded already.
      return failed(`The document cannot be read: ${messageOf(error)}`)
    }
    return { problems: error.problems.map(({ message, position }) => documentProblem(path, position, `${message}.`)) }
  }
  if (value === null) return { document: { path, value: {}, locator } }
  if (isConfigObject(value)) return { document: { path, value, locator } }
  return failed('The top level must be a mapping of keys to values.', locator()([]))
}

/** A document whose text has this value, as somebody else found. */
export function parsedDocument(path: string, bytes: Uint8Array, value: ConfigObject): ConfigDocument {
  const locator = (): Locator => {
    const format = layeredFormat(path)
    const text = decodeText(bytes)
    if (format === undefined || text === undefined) throw new TypeError('A document that parsed is text.')
    return format.locate(withoutByteOrderMark(text))
  }
  return { path, value, locator }
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
