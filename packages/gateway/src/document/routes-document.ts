import type { AlgorithmName } from '@waypost/registry'
import type { RetryReason } from '../routes/route.ts'
import type { UpstreamProtocol } from '../routes/target.ts'
import type { ClaimsSpec, ConcurrencySpec, RateSpec } from './limit-spec.ts'
import type { PolicySpec } from './policy-spec.ts'

/** The document `gateway/routes.yaml`. The schema beside this file says the same, with a sentence for each field. */
export interface RoutesDocument {
  readonly paths?: { readonly encodedSlashes?: 'refuse' | 'keep'; readonly mergeSlashes?: boolean }
  readonly identityHeaders?: readonly string[]
  readonly defaults?: RouteDefaults
  readonly policies?: Readonly<Record<string, PolicySpec>>
  readonly routes?: Readonly<Record<string, RouteSpec>>
}

export interface RouteDefaults {
  readonly policies?: readonly string[]
  readonly host?: string
  readonly timeouts?: TimeoutsSpec
  readonly retries?: RetriesSpec
  readonly breaker?: BreakerSpec
  readonly limits?: LimitsSpec
  readonly requestHeaders?: HeaderEditsSpec
  readonly responseHeaders?: HeaderEditsSpec
}

export interface RouteSpec extends RouteDefaults {
  readonly hosts?: readonly string[]
  readonly path?: PathSpec
  readonly methods?: readonly string[]
  readonly headers?: Readonly<Record<string, ValueSpec>>
  readonly query?: Readonly<Record<string, ValueSpec>>
  readonly priority?: number
  readonly require?: { readonly scopes?: readonly string[]; readonly claims?: ClaimsSpec }
  readonly target?: TargetSpec
  readonly split?: readonly SplitSpec[]
  readonly sticky?: StickySpec
  readonly canary?: CanarySpec
  readonly mirror?: { readonly target: TargetSpec; readonly percent?: number }
  readonly stripPrefix?: boolean
  readonly rewrite?: RewriteSpec
  readonly redirect?: RedirectSpec
  readonly answer?: AnswerSpec
  readonly fallback?: { readonly target?: TargetSpec; readonly answer?: AnswerSpec }
  readonly webSocket?: boolean
}

export interface PathSpec {
  readonly exact?: string
  readonly prefix?: string
  readonly template?: string
  readonly regex?: string
}

/** A text is the exact value. */
export type ValueSpec =
  | string
  | {
      readonly exact?: string
      readonly oneOf?: readonly string[]
      readonly prefix?: string
      readonly regex?: string
      readonly present?: boolean
    }

export interface TargetSpec {
  readonly service: string
  readonly version?: string
  readonly zone?: string
  readonly tags?: readonly string[]
  readonly metadata?: Readonly<Record<string, string | number | boolean>>
  readonly algorithm?: AlgorithmName
  readonly hashBy?: HashSpec
  readonly protocol?: UpstreamProtocol
}

/** A part of a request. */
export interface HashSpec {
  readonly header?: string
  readonly cookie?: string
  readonly query?: string
  readonly clientAddress?: true
}

export interface SplitSpec {
  readonly name?: string
  readonly weight: number
  readonly target: TargetSpec
}

export interface StickySpec {
  readonly cookie?: string
  readonly header?: string
  readonly clientAddress?: true
  readonly maxAgeSeconds?: number
}

export interface CanarySpec {
  readonly target: TargetSpec
  readonly headers?: Readonly<Record<string, ValueSpec>>
  readonly cookies?: Readonly<Record<string, ValueSpec>>
  readonly percent?: number
}

export interface RewriteSpec {
  readonly prefix?: string
  readonly path?: string
}

export interface RedirectSpec {
  readonly to: string
  readonly status?: 301 | 302 | 303 | 307 | 308
  readonly keepQuery?: boolean
}

export interface AnswerSpec {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HeaderEditsSpec {
  readonly remove?: readonly string[]
  readonly set?: Readonly<Record<string, string>>
  readonly add?: Readonly<Record<string, string>>
}

export interface TimeoutsSpec {
  readonly connectMs?: number
  readonly headersMs?: number
  readonly idleMs?: number
  readonly tryMs?: number
  readonly totalMs?: number
}

export interface RetriesSpec {
  readonly attempts?: number
  readonly on?: readonly RetryReason[]
  readonly methods?: readonly string[]
  readonly budgetPercent?: number
  readonly budgetMinPerSecond?: number
}

export interface BreakerSpec {
  readonly failurePercent?: number
  readonly minRequests?: number
  readonly windowMs?: number
  readonly openMs?: number
}

export interface LimitsSpec {
  readonly bodyBytes?: number
  readonly rate?: RateSpec
  readonly concurrency?: ConcurrencySpec
}
