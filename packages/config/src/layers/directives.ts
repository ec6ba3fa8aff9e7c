import { WaypostError } from '@waypost/core'
import { checkSegment, configKey } from '../config-path.ts'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import type { ConfigDocument } from '../documents/config-document.ts'
import type { JsonPath } from '../documents/json-path.ts'
import type { Locator } from '../documents/layered-format.ts'
import { type ConfigProblem, documentProblem } from '../problem.ts'

/** The key at a document's top that is addressed to Waypost and is no part of the configuration. */
export const directiveKey = 'waypost'

export interface ImportDirective {
  readonly path: string
  /** Written as `path?`: it is no error when the document does not exist. */
  readonly optional: boolean
  /** Where it stands in the document. */
  readonly at: JsonPath
}

/** What a document says of its place among others. */
export interface Directives {
  readonly imports: readonly ImportDirective[]
  /** Applications whose layers lie below this one's. */
  readonly bases: readonly { readonly app: string; readonly at: JsonPath }[]
  /** The document without its directives. */
  readonly value: ConfigObject
  readonly problems?: undefined
}

/** More are not reported. */
const maxProblems = 20

/** Reads `waypost: { import: […], extends: … }` off a document. */
export function readDirectives(
  document: ConfigDocument,
): Directives | { readonly problems: readonly ConfigProblem[]; readonly value?: undefined } {
  const { value } = document
  const directives = Object.hasOwn(value, directiveKey) ? value[directiveKey] : undefined
  if (directives === undefined) return { imports: [], bases: [], value }
  const problems: ConfigProblem[] = []
  let locator: Locator | undefined
  const fail = (at: JsonPath, reason: string): void => {
    locator ??= document.locator()
    if (problems.length < maxProblems) problems.push(documentProblem(document.path, locator(at), reason))
  }
  const imports: ImportDirective[] = []
  const bases: { readonly app: string; readonly at: JsonPath }[] = []
  if (!isConfigObject(directives)) fail([directiveKey], '"waypost" is reserved for the keys "import" and "extends".')
  else {
    for (const [name, list] of Object.entries(directives)) {
      if (problems.length === maxProblems) break
      if (name !== 'import' && name !== 'extends') {
        fail([directiveKey, name], `"waypost" has no key ${JSON.stringify(name)}, only "import" and "extends".`)
        continue
      }
      for (const { text, at } of textsOf(list, [directiveKey, name], fail)) {
        if (problems.length === maxProblems) break
        const optional = name === 'import' && text.endsWith('?')
        const path = optional ? text.slice(0, -1) : text
        const reason = complaint(() => (name === 'import' ? configKey(path) : checkSegment('app', path)))
        if (reason !== undefined) fail(at, reason)
        else if (name === 'import') imports.push({ path, optional, at })
        else bases.push({ app: path, at })
      }
    }
  }
  if (problems.length > 0) return { problems }
  const { [directiveKey]: _, ...rest } = value
  return { imports, bases, value: rest }
}

function* textsOf(
  list: ConfigValue,
  at: JsonPath,
  fail: (at: JsonPath, reason: string) => void,
): Generator<{ readonly text: string; readonly at: JsonPath }> {
  if (typeof list === 'string') yield { text: list, at }
  else if (!Array.isArray(list)) fail(at, `"${at.join('.')}" must be text or a list of texts.`)
  else {
    for (const [index, text] of list.entries()) {
      if (typeof text === 'string') yield { text, at: [...at, index] }
      else fail([...at, index], `"${at.join('.')}" must be a list of texts.`)
    }
  }
}

function complaint(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (WaypostError.is(error)) return error.message
    throw error
  }
}
