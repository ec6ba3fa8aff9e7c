import type { PathSpec } from '../../document/routes-document.ts'
import { readRequestTarget } from '../../request/request-target.ts'
import type { RouteParams } from '../route.ts'
import { compileRegularExpression, type RegularExpression } from './regular-expression.ts'

/** A segment of a path: a text, or a name for whatever stands there. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  /** All that is left, at least one segment. */
  | { readonly kind: 'rest'; readonly name: string }

/** Which paths a route takes. */
export interface PathPattern {
  readonly kind: 'exact' | 'template' | 'prefix' | 'regex' | 'any'
  /** As it is compared with others: equal for patterns that take the same paths. */
  readonly id: string
  /** What the path must begin with; of a template and an exact path, all of it. */
  readonly segments: readonly Segment[]
  readonly expression: RegularExpression | undefined
  /** The names that `params` gives. */
  readonly names: readonly string[]
}

export const anyPath: PathPattern = { kind: 'any', id: 'any', segments: [], expression: undefined, names: [] }

/** Compiles the path of a route. Throws an `Error` with a sentence for the document's author. */
export function compilePath(spec: PathSpec | undefined): PathPattern {
  if (spec === undefined) return anyPath
  const { exact, prefix, template, regex } = spec
  if (regex !== undefined) return regexPattern(regex)
  if (template !== undefined) return templatePattern(template)
  const text = exact ?? prefix
  if (text === undefined) return anyPath
  const path = normal(text)
  if (exact !== undefined) return literal('exact', path)
  return literal('prefix', path.endsWith('/') ? path.slice(0, -1) : path)
}

/** What the names of a pattern stand for in a path that it takes, as it stands there: encoded. */
export function paramsOf(pattern: PathPattern, path: string): RouteParams {
  if (pattern.names.length === 0) return noParams
  if (pattern.expression) return pattern.expression.groups(path)
  const given = path.split('/').slice(1)
  const params: Record<string, string> = {}
  for (const [index, segment] of pattern.segments.entries()) {
    if (segment.kind === 'name') params[segment.name] = given[index] ?? ''
    else if (segment.kind === 'rest') params[segment.name] = given.slice(index).join('/')
  }
  return params
}

const noParams: RouteParams = Object.freeze({})

function literal(kind: 'exact' | 'prefix', path: string): PathPattern {
  const segments = path
    .split('/')
    .slice(1)
    .map((text) => ({ kind: 'text', text }) as const)
  return { kind, id: `${kind} ${path}`, segments, expression: undefined, names: [] }
}

function regexPattern(regex: string): PathPattern {
  const expression = compileRegularExpression(regex)
  // Whole segments without any syntax in front: only paths that begin with them need the expression.
  const [head = ''] = /^\^?(?:\/[\w~-]+)*(?=\/(?![?*{]))/.exec(regex) ?? []
  const hasAlternatives = regex.includes('|')
  const segments = hasAlternatives ? [] : literal('prefix', head.replace(/^\^/, '')).segments
  return { kind: 'regex', id: `regex ${regex}`, segments, expression, names: expression.names }
}

function templatePattern(template: string): PathPattern {
  const names = new Set<string>()
  const given = template.split('/').slice(1)
  const segments = given.map((text, index): Segment => {
    const [, name, star] = /^\{(\w+)(\*?)\}$/.exec(text) ?? []
    if (name === undefined) {
      if (/[{}]/.test(text))
        throw new Error(`In a template a name takes a whole segment, such as /{id}/; ${text} does not`)
      return { kind: 'text', text: normalSegment(text) }
    }
    if (names.has(name)) throw new Error(`The name {${name}} occurs twice in the template`)
    names.add(name)
    if (star === '') return { kind: 'name', name }
    if (index < given.length - 1) throw new Error(`{${name}*} takes all remaining segments, so it must be last`)
    return { kind: 'rest', name }
  })
  const id = segments.map((segment) => (segment.kind === 'text' ? segment.text : `{${segment.kind}}`)).join('/')
  return { kind: 'template', id: `template /${id}`, segments, expression: undefined, names: [...names] }
}

/** The path in the form that requests have when they are compared with it. */
function normal(text: string): string {
  const encoded = text.replaceAll('?', '%3F').replace(/\P{ASCII}/gu, (character) => encodeURIComponent(character))
  const read = readRequestTarget(encoded, { encodedSlashes: 'keep', mergeSlashes: false })
  if ('status' in read) throw new Error(`No request has this path: ${(read.detail ?? '').replace(/\.$/, '')}`)
  return read.path
}

function normalSegment(text: string): string {
  return text === '' ? '' : normal(`/${text}`).slice(1)
}
