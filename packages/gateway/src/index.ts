export type { Identity, Policy, PolicyAnswer, PolicyContext, PolicyDecision } from './policies/policy.ts'
export { type Problem, problemBody, problemType } from './proxy/problem.ts'
export type { ClientCertificate, RequestFacts } from './request/request-facts.ts'
export type {
  BreakerRule,
  ChosenTarget,
  FixedAnswer,
  HeaderEdits,
  HostRule,
  Mirror,
  ProxyAction,
  RedirectAction,
  RetryReason,
  RetryRule,
  Route,
  RouteAction,
  RouteLimits,
  RouteMatch,
  RouteParams,
  RouteTable,
  RouteTimeouts,
} from './routes/route.ts'
export type { Target, UpstreamProtocol } from './routes/target.ts'
