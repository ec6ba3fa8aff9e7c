import type { RouteSpec } from '../../document/routes-document.ts'
import type { RequestFacts } from '../../request/request-facts.ts'
import { readRequestTarget } from '../../request/request-target.ts'
import type { PathPattern } from '../match/path-pattern.ts'
import type { RouteParams } from '../route.ts'
import { compilePlaces } from './places.ts'
import type { DocumentPath, Problems } from './problems.ts'

export type Rewrite = (request: RequestFacts, params: RouteParams) => string

const unchanged: Rewrite = ({ path, search }) => path + search

/** Compiles `stripPrefix` and `rewrite` of a route: the path and query that the instance gets. */
export function buildRewrite(spec: RouteSpec, pattern: PathPattern, at: DocumentPath, problems: Problems): Rewrite {
  const { stripPrefix = false, rewrite } = spec
  const prefix = rewrite?.prefix ?? (stripPrefix ? '/' : undefined)
  if (stripPrefix && rewrite) problems.report([...at, 'stripPrefix'], 'Either strip the prefix or rewrite the path')
  if (prefix !== undefined) {
    if (pattern.kind === 'prefix') return replacePrefix(lengthOf(pattern), prefix.replace(/\/$/, ''))
    const field = stripPrefix ? ['stripPrefix'] : ['rewrite', 'prefix']
    problems.report([...at, ...field], 'Only a route with path.prefix has a prefix to replace')
  }
  const path = rewrite?.path
  if (path === undefined) return unchanged
  const fill = problems.attempt([...at, 'rewrite', 'path'], () => compilePlaces(path, pattern.names))
  if (fill === undefined) return unchanged
  return ({ search }, params) => safe(fill(params)) + search
}

/** How many characters of a path its prefix takes. */
export function lengthOf({ segments }: PathPattern): number {
  return segments.reduce((sum, segment) => sum + 1 + (segment.kind === 'text' ? segment.text.length : 0), 0)
}

function replacePrefix(length: number, prefix: string): Rewrite {
  return ({ path, search }) => {
    const rest = path.slice(length)
    return (rest === '' && prefix === '' ? '/' : prefix + rest) + search
  }
}

/** Parts that are put together must not make a dot segment, or a path that begins with two slashes. */
function safe(path: string): string {
  const read = readRequestTarget(path, { encodedSlashes: 'keep', mergeSlashes: true })
  return 'status' in read ? '/' : read.path
}
