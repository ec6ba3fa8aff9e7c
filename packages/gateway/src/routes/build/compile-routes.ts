import { createHash } from 'node:crypto'
import type { RouteSpec, RoutesDocument } from '../../document/routes-document.ts'
import type { PolicyParts } from '../../policies/policy-parts.ts'
import { defaultPathRules } from '../../request/request-target.ts'
import { CompiledTable } from '../compiled-table.ts'
import type { Entry } from '../match/entry.ts'
import type { Route } from '../route.ts'
import { buildConditions, hostsOf } from './build-conditions.ts'
import { buildRoute, type RouteParts } from './build-route.ts'
import { Targets } from './build-target.ts'
import { type Ambiguity, findAmbiguities } from './find-ambiguities.ts'
import { PolicyBuilder } from './policies.ts'
import { type DocumentIssue, Problems } from './problems.ts'

export type Compiled =
  | { readonly table: CompiledTable; readonly ambiguities: readonly Ambiguity[]; readonly issues?: undefined }
  | { readonly table?: undefined; readonly issues: readonly DocumentIssue[] }

/**
 * Compiles a document that fits the schema. Policies whose settings are those of `previous` are taken over with their
 * state; the others of `previous` are closed by `previous.close(table)` when it is no longer used.
 */
export function compileRoutes(document: RoutesDocument, parts: PolicyParts, previous?: CompiledTable): Compiled {
  const problems = new Problems()
  const targets = new Targets()
  const policies = new PolicyBuilder(parts, previous?.builtPolicies ?? new Map(), problems)
  for (const [name, spec] of Object.entries(document.policies ?? {})) policies.define(name, spec, ['policies', name])
  const routeParts: RouteParts = { defaults: document.defaults ?? {}, targets, policies, problems }
  const routes: Route[] = []
  const entries: Entry[] = []
  for (const [name, spec] of Object.entries(document.routes ?? {})) addRoute(name, spec, routeParts, routes, entries)
  const ambiguities = findAmbiguities(entries)
  for (const { loser, winner } of unreachable(ambiguities, entries)) {
    problems.report(['routes', loser], `It takes exactly the requests that ${winner} takes, and gets none`)
  }
  if (problems.issues.length > 0) {
    for (const [key, policy] of policies.built) if (previous?.builtPolicies.get(key) !== policy) policy.close()
    return { issues: problems.issues }
  }
  const version = createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 16)
  const table = new CompiledTable({
    version,
    routes,
    entries,
    targets: targets.all,
    builtPolicies: policies.built,
    identityHeaders: document.identityHeaders ?? [],
    pathRules: { ...defaultPathRules, ...document.paths },
  })
  return { table, ambiguities }
}

function addRoute(name: string, spec: RouteSpec, parts: RouteParts, routes: Route[], entries: Entry[]): void {
  const conditions = buildConditions(spec, ['routes', name], parts.problems)
  const route = buildRoute(name, spec, conditions.path, parts)
  if (route === undefined) return
  routes.push(route)
  for (const host of hostsOf(spec)) entries.push({ route, conditions, host, rank: 0 })
}

/** Routes that lose all their requests to others, on every host that they are for. */
function unreachable(ambiguities: readonly Ambiguity[], entries: readonly Entry[]): readonly Ambiguity[] {
  const lost = new Map<string, { readonly ambiguity: Ambiguity; readonly hosts: Set<string> }>()
  for (const ambiguity of ambiguities) {
    if (!ambiguity.isTotal) continue
    const known = lost.get(ambiguity.loser) ?? { ambiguity, hosts: new Set() }
    known.hosts.add(ambiguity.host)
    lost.set(ambiguity.loser, known)
  }
  if (lost.size === 0) return []
  const hosts = new Map<string, number>()
  for (const { route } of entries) hosts.set(route.name, (hosts.get(route.name) ?? 0) + 1)
  return [...lost.values()]
    .filter((each) => each.hosts.size === hosts.get(each.ambiguity.loser))
    .map(({ ambiguity }) => ambiguity)
}
