import type { RouteSpec, ValueSpec } from '../../document/routes-document.ts'
import type { Condition, RouteConditions } from '../match/entry.ts'
import { anyPath, compilePath } from '../match/path-pattern.ts'
import { compileValueRule, valueRuleText } from '../match/value-rule.ts'
import type { DocumentPath, Problems } from './problems.ts'

/** Compiles which requests a route takes. */
export function buildConditions(spec: RouteSpec, at: DocumentPath, problems: Problems): RouteConditions {
  const path = problems.attempt([...at, 'path', ...Object.keys(spec.path ?? {})], () => compilePath(spec.path))
  return {
    priority: spec.priority ?? 0,
    path: path ?? anyPath,
    methods: methodsOf(spec.methods),
    headers: conditions(spec.headers, [...at, 'headers'], problems, true),
    query: conditions(spec.query, [...at, 'query'], problems, false),
  }
}

/** The hosts of a route as entries have them; `''` for every host. */
export function hostsOf({ hosts }: RouteSpec): readonly string[] {
  if (hosts === undefined || hosts.includes('*')) return ['']
  return [...new Set(hosts.map((host) => host.toLowerCase()))]
}

function methodsOf(methods: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (methods === undefined) return undefined
  const set = new Set(methods)
  if (set.has('GET')) set.add('HEAD')
  return set
}

function conditions(
  rules: Readonly<Record<string, ValueSpec>> | undefined,
  at: DocumentPath,
  problems: Problems,
  isHeaders: boolean,
): readonly Condition[] {
  return Object.entries(rules ?? {}).flatMap(([given, rule]) => {
    const test = problems.attempt([...at, given], () => compileValueRule(rule))
    const name = isHeaders ? given.toLowerCase() : given
    return test ? [{ name, test, text: valueRuleText(rule) }] : []
  })
}
