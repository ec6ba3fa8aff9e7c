import type { Entry } from './entry.ts'
import type { PathPattern } from './path-pattern.ts'

const kindOrder = { exact: 0, template: 1, prefix: 2, regex: 3, any: 4 } as const

/**
 * Which of two routes that both take a request gets it, as a comparison for sorting:
 * 1. the one of higher priority;
 * 2. an exact host before a wildcard, a longer wildcard before a shorter one, every host last;
 * 3. an exact path, then templates, prefixes, regular expressions, every path; among templates the one that has a text
 *    where the other has a name first, among prefixes the longer one;
 * 4. the one that names methods;
 * 5. the one with more rules for headers, then for the query;
 * 6. the one whose name comes first in the alphabet. Two routes that get here are reported as ambiguous.
 */
export function compareEntries(a: Entry, b: Entry): number {
  return compareClaims(a, b) || compareText(a.route.name, b.route.name)
}

/** The comparison without the last step: 0 for routes that only their names tell apart. */
export function compareClaims(a: Entry, b: Entry): number {
  const [ours, theirs] = [a.conditions, b.conditions]
  return (
    theirs.priority - ours.priority ||
    hostWeight(b.host) - hostWeight(a.host) ||
    comparePaths(ours.path, theirs.path) ||
    Number(theirs.methods !== undefined) - Number(ours.methods !== undefined) ||
    theirs.headers.length - ours.headers.length ||
    theirs.query.length - ours.query.length
  )
}

function hostWeight(host: string): number {
  if (host === '') return 0
  return host.startsWith('*') ? host.length : Number.MAX_SAFE_INTEGER
}

function comparePaths(a: PathPattern, b: PathPattern): number {
  if (a.kind !== b.kind) return kindOrder[a.kind] - kindOrder[b.kind]
  if (a.kind === 'template') return compareText(shapeOf(a), shapeOf(b)) || b.segments.length - a.segments.length
  if (a.kind === 'prefix') return b.segments.length - a.segments.length
  return 0
}

/** Sorts texts before names, and names before the rest. */
function shapeOf({ segments }: PathPattern): string {
  return segments.map(({ kind }) => (kind === 'text' ? 'a' : kind === 'name' ? 'b' : 'c')).join('')
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
