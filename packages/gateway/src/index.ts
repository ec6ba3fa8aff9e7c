export type { Identity, Policy, PolicyContext, PolicyDecision } from './policies/policy.ts'
export { type Problem, problemBody, problemType } from './proxy/problem.ts'
export type { Answer } from './request/answer.ts'
export { readHost } from './request/host.ts'
export type { ClientCertificate, RequestFacts } from './request/request-facts.ts'
export { defaultPathRules, type PathRules, type RequestTarget, readRequestTarget } from './request/request-target.ts'
export type {
  AnswerAction,
  BreakerRule,
  ChosenTarget,
  Fallback,
  HeaderEdits,
  HostRule,
  Mirror,
  ProxyAction,
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
