import { messageOf } from '@waypost/core'
import { RE2JS } from 're2js'
import type { RouteParams } from '../route.ts'

/** A regular expression that fits a whole text, in time linear in its length whatever the expression is. */
export interface RegularExpression {
  readonly source: string
  /** Of its named groups. */
  readonly names: readonly string[]
  fits(text: string): boolean
  /** What its named groups hold of a text that fits. */
  groups(text: string): RouteParams
}

/** A larger program would make matching slow, although linear. */
const maxProgramSize = 5_000

/**
 * Compiles RE2 syntax. Throws an `Error` with a sentence for the document's author.
 *
 * Source: https://github.com/google/re2/wiki/Syntax
 */
export function compileRegularExpression(source: string): RegularExpression {
  const compiled = compile(source)
  if (compiled.programSize() > maxProgramSize) throw new Error('The regular expression is too large')
  const names = Object.keys(compiled.namedGroups())
  return {
    source,
    names,
    fits: (text) => compiled.testExact(text),
    groups(text) {
      const matcher = compiled.matcher(text)
      if (names.length === 0 || !matcher.matches()) return {}
      return Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? '']))
    },
  }
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    const reason = messageOf(error).replace(/^error parsing regexp: /, '')
    throw new Error(`The regular expression cannot be used: ${reason}`, { cause: error })
  }
}
