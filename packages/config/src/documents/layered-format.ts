import type { ConfigValue } from '../config-value.ts'
import type { Position } from '../problem.ts'
import type { JsonPath } from './json-path.ts'

/** Finds where a key stands in a text; the nearest part above it when it has no place of its own. */
export type Locator = (path: JsonPath) => Position

/**
 * A format of documents that hold keys and values. Parsing and locating cost time and memory linear in the length of
 * the text, whatever it contains: what would cost more is refused. `hostile-documents.test.ts` checks it.
 */
export interface LayeredFormat {
  readonly name: string
  /** Of file names, without the dot and in lower case. */
  readonly extensions: readonly string[]
  /**
   * The value of a text without a byte order mark; `null` for one that holds nothing.
   * Throws `DocumentSyntaxError` for a text that is malformed, nested deeper than `maxNestingDepth`, or ambiguous.
   */
  parse(text: string): ConfigValue
  /** Finds keys in a text that parses. Reads it again: for people who look, not for hot paths. */
  locate(text: string): Locator
}
