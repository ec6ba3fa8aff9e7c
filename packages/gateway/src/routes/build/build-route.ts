import type { RouteDefaults, RouteSpec } from '../../document/routes-document.ts'
import type { Policy } from '../../policies/policy.ts'
import { requirePolicy } from '../../policies/require.ts'
import type { PathPattern } from '../match/path-pattern.ts'
import type { Fallback, HostRule, Route, RouteAction } from '../route.ts'
import { buildAnswer, buildRedirect } from './build-answer.ts'
import { buildChoice } from './build-choice.ts'
import { buildRewrite } from './build-rewrite.ts'
import type { Targets } from './build-target.ts'
import { buildHeaderEdits } from './header-edits.ts'
import type { PolicyBuilder } from './policies.ts'
import type { DocumentPath, Problems } from './problems.ts'
import { buildBreaker, buildRetries, buildTimeouts } from './settings.ts'

export interface RouteParts {
  readonly defaults: RouteDefaults
  readonly targets: Targets
  readonly policies: PolicyBuilder
  readonly problems: Problems
}

/** Compiles a route; `undefined` when it is wrong. */
export function buildRoute(name: string, spec: RouteSpec, pattern: PathPattern, parts: RouteParts): Route | undefined {
  const at: DocumentPath = ['routes', name]
  const { defaults, problems } = parts
  const action = buildAction(spec, pattern, at, parts)
  const policies = policiesOf(name, spec, at, parts)
  const edits = (field: 'requestHeaders' | 'responseHeaders') =>
    buildHeaderEdits(
      field,
      [
        [['defaults'], defaults[field]],
        [at, spec[field]],
      ],
      problems,
    )
  const [requestHeaders, responseHeaders] = [edits('requestHeaders'), edits('responseHeaders')]
  if (action === undefined) return undefined
  return {
    name,
    policies,
    action,
    requestHeaders,
    responseHeaders,
    limits: { maxBodyBytes: spec.limits?.bodyBytes ?? defaults.limits?.bodyBytes },
  }
}

function buildAction(
  spec: RouteSpec,
  pattern: PathPattern,
  at: DocumentPath,
  { defaults, targets, problems }: RouteParts,
): RouteAction | undefined {
  const { redirect, answer, mirror } = spec
  if (answer) {
    const built = buildAnswer(answer)
    return { kind: 'answer', answer: () => built }
  }
  if (redirect) return problems.attempt([...at, 'redirect', 'to'], () => buildRedirect(redirect, pattern))
  const choice = buildChoice(spec, at, targets, problems)
  const rewrite = buildRewrite(spec, pattern, at, problems)
  if (choice === undefined) return undefined
  const breaker = spec.breaker ?? defaults.breaker
  const mirrored = mirror && { target: targets.of(mirror.target), share: (mirror.percent ?? 100) / 100 }
  const fallback = fallbackOf(spec, targets)
  const more = [...(mirrored ? [mirrored.target] : []), ...(fallback?.kind === 'target' ? [fallback.target] : [])]
  return {
    kind: 'proxy',
    targets: [...new Set([...choice.targets, ...more])],
    choose: (request, random) => choice.choose(request, random),
    rewrite,
    host: hostRule(spec.host ?? defaults.host ?? 'client'),
    mirror: mirrored,
    timeouts: buildTimeouts({ ...defaults.timeouts, ...spec.timeouts }),
    retries: buildRetries({ ...defaults.retries, ...spec.retries }),
    breaker: breaker && buildBreaker({ ...defaults.breaker, ...spec.breaker }),
    fallback,
    webSocket: spec.webSocket ?? true,
  }
}

function fallbackOf({ fallback }: RouteSpec, targets: Targets): Fallback | undefined {
  if (fallback?.target) return { kind: 'target', target: targets.of(fallback.target) }
  return fallback?.answer && { kind: 'answer', answer: buildAnswer(fallback.answer) }
}

function hostRule(host: string): HostRule {
  return host === 'client' || host === 'instance' ? { kind: host } : { kind: 'name', name: host }
}

/** Those that are named, then what the route requires of the identity they find, then its limits. */
function policiesOf(name: string, spec: RouteSpec, at: DocumentPath, parts: RouteParts): readonly Policy[] {
  const { defaults, policies } = parts
  const [names, place]: [readonly string[], DocumentPath] = spec.policies
    ? [spec.policies, [...at, 'policies']]
    : [defaults.policies ?? [], ['defaults', 'policies']]
  const list = [...policies.named(names, place)]
  if (spec.require) list.push(requirePolicy(`${name}.require`, spec.require))
  const rate = spec.limits?.rate ?? defaults.limits?.rate
  const concurrency = spec.limits?.concurrency ?? defaults.limits?.concurrency
  const limits = [...at, 'limits']
  const made = [
    rate && policies.make(`${name}.limits.rate`, { rate }, [...limits, 'rate']),
    concurrency && policies.make(`${name}.limits.concurrency`, { concurrency }, [...limits, 'concurrency']),
  ]
  return [...list, ...made.filter((policy) => policy !== undefined)]
}
