import type { RequestFacts } from '../../request/request-facts.ts'
import type { Entry } from './entry.ts'
import { PathIndex } from './path-index.ts'

/** All routes, by host and path. */
export class RouteIndex {
  readonly #exact = new Map<string, PathIndex>()
  /** By the part after the star, with its dot. */
  readonly #below = new Map<string, PathIndex>()
  #everywhere: PathIndex | undefined

  /** Adds an entry. Entries are added in the order of `compareEntries`, which is that of their ranks. */
  add(entry: Entry, rank: number): void {
    entry.rank = rank
    this.#of(entry.host).add(entry)
  }

  /** The route that takes the request when its method is this one. */
  find(request: RequestFacts, method: string): Entry | undefined {
    const { host } = request
    let best = this.#exact.get(host)?.find(request, method, undefined)
    if (this.#below.size > 0) {
      for (let dot = host.indexOf('.', 1); dot !== -1; dot = host.indexOf('.', dot + 1)) {
        const below = this.#below.get(host.slice(dot))
        if (below) best = below.find(request, method, best)
      }
    }
    return this.#everywhere ? this.#everywhere.find(request, method, best) : best
  }

  #of(host: string): PathIndex {
    if (host === '') {
      this.#everywhere ??= new PathIndex()
      return this.#everywhere
    }
    const [hosts, name] = host.startsWith('*') ? [this.#below, host.slice(1)] : [this.#exact, host]
    const known = hosts.get(name)
    if (known) return known
    const made = new PathIndex()
    hosts.set(name, made)
    return made
  }
}

/** Whether a host is one that a route is for. The index finds the same without comparing. */
export function fitsHost(pattern: string, host: string): boolean {
  if (pattern === '') return true
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length : host === pattern
}
