import type { RequestFacts } from '../../request/request-facts.ts'
import { type Entry, takes } from './entry.ts'
import type { Segment } from './path-pattern.ts'

/** A node of the tree of path segments. */
interface Node {
  readonly children: Map<string, Node>
  /** For a segment that has a name. */
  any: Node | undefined
  /** Routes whose path ends here. */
  readonly ends: Entry[]
  /** Routes for everything from here on: prefixes, and all paths. */
  readonly prefixes: Entry[]
  /** Routes for at least one segment more. */
  readonly rests: Entry[]
  /** Routes whose regular expression decides. */
  readonly expressions: Entry[]
  /** The lowest rank here and below. */
  least: number
}

/** What a search has found so far. */
interface Search {
  readonly request: RequestFacts
  readonly method: string
  best: Entry | undefined
  rank: number
}

/**
 * The routes of one host, by the segments of their paths. A search walks down the segments of the request's path, so it
 * costs the same however many routes there are beside.
 */
export class PathIndex {
  readonly #root = newNode()

  /** Adds a route. Routes are added in the order of their rank. */
  add(entry: Entry): void {
    const { kind, segments } = entry.conditions.path
    let node = this.#root
    node.least = Math.min(node.least, entry.rank)
    for (const segment of segments) {
      if (segment.kind === 'rest') break
      node = childOf(node, segment)
      node.least = Math.min(node.least, entry.rank)
    }
    if (kind === 'regex') node.expressions.push(entry)
    else if (kind === 'prefix' || kind === 'any') node.prefixes.push(entry)
    else if (segments.at(-1)?.kind === 'rest') node.rests.push(entry)
    else node.ends.push(entry)
  }

  /** The route of the lowest rank, below `than`, that takes a request. */
  find(request: RequestFacts, method: string, than: Entry | undefined): Entry | undefined {
    const search: Search = { request, method, best: than, rank: than?.rank ?? Number.POSITIVE_INFINITY }
    descend(this.#root, 0, search)
    return search.best
  }
}

function newNode(): Node {
  return {
    children: new Map(),
    any: undefined,
    ends: [],
    prefixes: [],
    rests: [],
    expressions: [],
    least: Number.POSITIVE_INFINITY,
  }
}

function childOf(node: Node, segment: Segment): Node {
  if (segment.kind !== 'text') {
    node.any ??= newNode()
    return node.any
  }
  const known = node.children.get(segment.text)
  if (known) return known
  const child = newNode()
  node.children.set(segment.text, child)
  return child
}

/** @param at where the slash before the next segment stands, or the length of the path when it has ended */
function descend(node: Node, at: number, search: Search): void {
  if (node.least >= search.rank) return
  const { path } = search.request
  consider(node.prefixes, search)
  if (node.expressions.length > 0) considerExpressions(node.expressions, search)
  if (at >= path.length) {
    consider(node.ends, search)
    return
  }
  if (node.rests.length > 0 && at + 1 < path.length) consider(node.rests, search)
  if (node.children.size === 0 && node.any === undefined) return
  const next = path.indexOf('/', at + 1)
  const end = next === -1 ? path.length : next
  const segment = path.slice(at + 1, end)
  const child = node.children.get(segment)
  if (child) descend(child, end, search)
  if (node.any && segment !== '') descend(node.any, end, search)
}

function consider(entries: readonly Entry[], search: Search): void {
  for (const entry of entries) {
    if (entry.rank >= search.rank) return
    if (!takes(entry.conditions, search.request, search.method)) continue
    search.best = entry
    search.rank = entry.rank
    return
  }
}

function considerExpressions(entries: readonly Entry[], search: Search): void {
  for (const entry of entries) {
    if (entry.rank >= search.rank) return
    const { conditions } = entry
    if (!takes(conditions, search.request, search.method)) continue
    if (conditions.path.expression?.fits(search.request.path) !== true) continue
    search.best = entry
    search.rank = entry.rank
    return
  }
}
