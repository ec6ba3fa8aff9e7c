export { announcedCounts } from './announce/announced-counts.ts'
export {
  type AnnouncedDocument,
  type AnnouncedInstance,
  type AnnouncedRoute,
  type GatewayAnnouncement,
  gatewaysPrefix,
} from './announce/announcement.ts'
export { type AnnouncedCounts, Announcer, type AnnouncerOptions } from './announce/announcer.ts'
export { type CheckedRoutes, checkRoutes, defaultRoutesPath } from './document/check-routes.ts'
export { routesCheck } from './document/routes-check.ts'
export { routesCheckName } from './document/routes-check-name.ts'
export type { RoutesDocument } from './document/routes-document.ts'
export { routesSchema } from './document/schema/routes-schema.ts'
export { compileForReading, readStoredRoutes } from './document/stored-routes.ts'
export { type AskedRequest, type ExplainedRequest, explainRequest, type Rejection } from './explain/explain-request.ts'
export {
  type CandidateFacts,
  type ExplanationFacts,
  explanationFacts,
  takesTraffic,
} from './explain/explanation-facts.ts'
export { createGateway, type Gateway, type GatewayStore } from './gateway.ts'
export type { GatewayOptions, GatewayTls, PlaneSettings } from './gateway-options.ts'
export type { GatewayStatus, InstanceStatus, RouteStatus, ServiceStatus } from './gateway-status.ts'
export type { AccessLogOptions } from './metrics/access-log.ts'
export type { ExchangeTracer } from './metrics/exchange-tracer.ts'
export type { Exposition } from './metrics/exposition.ts'
export { latencyQuantileMs } from './metrics/latency-quantile.ts'
export type { Identity, Policy, PolicyContext, PolicyDecision } from './policies/policy.ts'
export type { PolicyParts, SharedRate, SharedRateOptions } from './policies/policy-parts.ts'
export { type Problem, problemBody, problemType } from './proxy/problem.ts'
export type { Answer } from './request/answer.ts'
export { readHost } from './request/host.ts'
export type { ClientCertificate, RequestFacts } from './request/request-facts.ts'
export { defaultPathRules, type PathRules, type RequestTarget, readRequestTarget } from './request/request-target.ts'
export { type Compiled, compileRoutes } from './routes/build/compile-routes.ts'
export type { Ambiguity } from './routes/build/find-ambiguities.ts'
export type { DocumentIssue, DocumentPath } from './routes/build/problems.ts'
export { CompiledTable } from './routes/compiled-table.ts'
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
export { AdminServer, type AdminSource } from './server/admin.ts'
export type { CertificatePair } from './server/certificates.ts'
export { RouteSource, type RouteSourceOptions, type RouteSourceState } from './source/route-source.ts'
export { GatewayWorkers, type GatewayWorkersOptions } from './workers/gateway-workers.ts'
