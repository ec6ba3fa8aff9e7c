import { createHash } from 'node:crypto'
import { atOnce, type Slices } from '@waypost/core'
import type { RouteSpec, RoutesDocument } from '../../document/routes-document.ts'
import type { PolicyParts } from '../../policies/policy-parts.ts'
import { defaultPathRules } from '../../request/request-target.ts'
import { CompiledTable } from '../compiled-table.ts'
import type { Entry } from '../match/entry.ts'
import { compareEntries } from '../match/rank.ts'
import { RouteIndex } from '../match/route-index.ts'
import type { Route } from '../route.ts'
import { buildConditions, hostsOf } from './build-conditions.ts'
import { buildRoute, type RouteParts } from './build-route.ts'
import { Targets } from './build-target.ts'
import { type Ambiguity, findAmbiguities } from './find-ambiguities.ts'
import { PolicyBuilder } from './policies.ts'
import { type DocumentIssue, Problems } from './problems.ts'
import { sorted } from './sorted.ts'

export type Compiled =
  | { readonly table: CompiledTable; readonly ambiguities: readonly Ambiguity[]; readonly issues?: undefined }
  | { readonly table?: undefined; readonly issues: readonly DocumentIssue[] }

/**
 * Compiles a document that fits the schema. Policies whose settings are those of `previous` are taken over with their
 * state; the others of `previous` are closed by `previous.close(table)` when it is no longer used.
 */
export function compileRoutes(document: RoutesDocument, parts: PolicyParts, previous?: CompiledTable): Compiled {
  return atOnce(compile(document, parts, previous))
}

/** The same in slices, between which requests are served. The document must not change meanwhile. */
export function compileInSlices(
  slices: Slices,
  document: RoutesDocument,
  parts: PolicyParts,
  previous?: CompiledTable,
): Promise<Compiled> {
  return slices.run(compile(document, parts, previous))
}

function* compile(
  document: RoutesDocument,
  parts: PolicyParts,
  previous: CompiledTable | undefined,
): Generator<void, Compiled> {
  const { routes: specs = {}, policies: policySpecs = {}, ...rest } = document
  const problems = new Problems()
  const targets = new Targets()
  const policies = new PolicyBuilder(parts, previous?.builtPolicies ?? new Map(), problems)
  const hash = createHash('sha256').update(JSON.stringify(rest))
  for (const [name, spec] of Object.entries(policySpecs)) {
    policies.define(name, spec, ['policies', name])
    hash.update(JSON.stringify(['policy', name, spec]))
    yield
  }
  const routeParts: RouteParts = { defaults: document.defaults ?? {}, targets, policies, problems }
  const routes: Route[] = []
  const given: Entry[] = []
  for (const [name, spec] of Object.entries(specs)) {
    addRoute(name, spec, routeParts, routes, given)
    hash.update(JSON.stringify(['route', name, spec]))
    yield
  }
  const entries = yield* sorted(given, compareEntries)
  const ambiguities = yield* findAmbiguities(entries)
  for (const { loser, winner } of unreachable(ambiguities, entries)) {
    problems.report(['routes', loser], `It takes exactly the requests that ${winner} takes, and gets none`)
  }
  if (problems.issues.length > 0) {
    for (const [key, policy] of policies.built) if (previous?.builtPolicies.get(key) !== policy) policy.close()
    return { issues: problems.issues }
  }
  const index = new RouteIndex()
  for (const [rank, entry] of entries.entries()) {
    index.add(entry, rank)
    yield
  }
  const table = new CompiledTable({
    version: hash.digest('hex').slice(0, 16),
    routes,
    entries,
    index,
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
