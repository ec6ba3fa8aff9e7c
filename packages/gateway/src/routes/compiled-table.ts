import type { Policy } from '../policies/policy.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import type { PathRules } from '../request/request-target.ts'
import { headerOf } from '../request/request-values.ts'
import type { BuiltPolicies } from './build/policies.ts'
import type { Entry } from './match/entry.ts'
import { paramsOf } from './match/path-pattern.ts'
import type { RouteIndex } from './match/route-index.ts'
import type { Route, RouteMatch, RouteTable } from './route.ts'
import type { Target } from './target.ts'

interface TableParts {
  readonly version: string
  readonly routes: readonly Route[]
  /** Sorted by rank. */
  readonly entries: readonly Entry[]
  /** Of the entries. */
  readonly index: RouteIndex
  readonly targets: readonly Target[]
  readonly builtPolicies: BuiltPolicies
  readonly identityHeaders: readonly string[]
  readonly pathRules: PathRules
}

/** The table that a document was compiled to. */
export class CompiledTable implements RouteTable {
  readonly version: string
  readonly routes: readonly Route[]
  readonly targets: readonly Target[]
  readonly pathRules: PathRules
  /** Sorted by rank. For explanations. */
  readonly entries: readonly Entry[]
  readonly builtPolicies: BuiltPolicies
  readonly #index: RouteIndex
  readonly #identityHeaders: ReadonlySet<string>

  constructor(parts: TableParts) {
    this.version = parts.version
    this.routes = parts.routes
    this.targets = parts.targets
    this.pathRules = parts.pathRules
    this.builtPolicies = parts.builtPolicies
    this.#index = parts.index
    this.entries = parts.entries
    const ofPolicies = this.policies.flatMap((policy) => policy.identityHeaders)
    this.#identityHeaders = new Set([...ofPolicies, ...parts.identityHeaders].map(withDashes))
  }

  get policies(): readonly Policy[] {
    return [...this.builtPolicies.values()]
  }

  isIdentityHeader(name: string): boolean {
    if (this.#identityHeaders.size === 0) return false
    return this.#identityHeaders.has(name) || (name.includes('_') && this.#identityHeaders.has(withDashes(name)))
  }

  match(request: RequestFacts): RouteMatch | undefined {
    if (request.path === '*') return undefined
    const entry = this.findEntry(request)
    if (entry === undefined) return undefined
    return { route: entry.route, params: paramsOf(entry.conditions.path, request.path) }
  }

  /** A preflight request goes to the route of the request that it asks for, if that route has a `cors` policy. */
  findEntry(request: RequestFacts): Entry | undefined {
    const { method } = request
    if (method === 'OPTIONS') {
      const asked = headerOf(request, 'access-control-request-method')
      if (asked !== undefined && request.headers.origin !== undefined) {
        const entry = this.#index.find(request, asked)
        if (entry?.route.policies[0]?.kind === 'cors') return entry
      }
    }
    return this.#index.find(request, method)
  }

  /** Closes the policies that `successor` has not taken over. Idempotent. */
  close(successor?: RouteTable): void {
    const kept = new Set(successor?.policies)
    for (const policy of this.policies) if (!kept.has(policy)) policy.close()
  }
}

/** Many programs read `X_User` as `X-User`. */
function withDashes(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
