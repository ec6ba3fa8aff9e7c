import type { Policy } from '../policies/policy.ts'
import type { Answer } from '../request/answer.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import type { PathRules } from '../request/request-target.ts'
import type { Target } from './target.ts'

/** Times in milliseconds; `undefined` for no limit. */
export interface RouteTimeouts {
  /** Until a connection to the instance stands. */
  readonly connectMs: number
  /** From the end of the request, per try, until the head of the answer has come. */
  readonly headersMs: number | undefined
  /** Between two pieces of a body, in either direction. */
  readonly idleMs: number | undefined
  /** One try, until the head of its answer. */
  readonly tryMs: number | undefined
  /** The whole exchange, all tries together. A WebSocket or a stream of events ends with it, too. */
  readonly totalMs: number | undefined
}

/** Why a try may be repeated on another instance. */
export type RetryReason = 'connect' | 'reset' | 'timeout' | '502' | '503' | '504'

export interface RetryRule {
  /** How many more tries after the first; 0 for none. */
  readonly attempts: number
  readonly on: ReadonlySet<RetryReason>
  /** The methods that may be repeated after the request was sent. What was provably not sent may always be. */
  readonly methods: ReadonlySet<string>
  /** Retries of all requests to a target together, as a share of its requests. */
  readonly budgetShare: number
  readonly budgetMinPerSecond: number
}

/** Stops calls to a target that fails, and tries it again after a while. */
export interface BreakerRule {
  /** The share of failed requests that opens it, above 0 and at most 1. */
  readonly failureShare: number
  /** Fewer requests in the window never open it. */
  readonly minRequests: number
  readonly windowMs: number
  readonly openMs: number
}

export interface RouteLimits {
  /** Of the request's body; `undefined` for none. */
  readonly maxBodyBytes: number | undefined
}

/** Edits of headers, in this order: what is removed, what is set, what is added. Names in lower case. */
export interface HeaderEdits {
  readonly remove: readonly string[]
  readonly set: readonly (readonly [name: string, value: string])[]
  readonly add: readonly (readonly [name: string, value: string])[]
}

export interface Mirror {
  readonly target: Target
  /** The share of requests that are copied, above 0 and at most 1. */
  readonly share: number
}

/** The `Host` of the request to the instance: the client's own, the instance's address, or a name. */
export type HostRule = { readonly kind: 'client' } | { readonly kind: 'instance' } | HostName

interface HostName {
  readonly kind: 'name'
  readonly name: string
}

/** A target that was chosen for a request. */
export interface ChosenTarget {
  readonly target: Target
  /** Why: `target`, `split`, `canary` or `fallback`, for the access log and metrics. */
  readonly reason: string
  /** A cookie for the client, so that it stays with its choice: a whole value of `set-cookie`. */
  readonly cookie?: string | undefined
}

export interface ProxyAction {
  readonly kind: 'proxy'
  /** All targets that requests may be sent to, for whoever keeps views of them. */
  readonly targets: readonly Target[]
  /** Decides between the parts of a split and a canary. `random` is from 0 up to 1. */
  choose(request: RequestFacts, random: number): ChosenTarget
  /** The path and query to send. */
  rewrite(request: RequestFacts, params: RouteParams): string
  readonly host: HostRule
  readonly mirror: Mirror | undefined
  readonly timeouts: RouteTimeouts
  readonly retries: RetryRule
  readonly breaker: BreakerRule | undefined
  /** What is done while the breaker is open, or the target has no instance that can be used. */
  readonly fallback: Fallback | undefined
  readonly webSocket: boolean
}

export type Fallback =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'answer'; readonly answer: Answer }

/** A redirect, or an answer that stands in the document. */
export interface AnswerAction {
  readonly kind: 'answer'
  answer(request: RequestFacts, params: RouteParams): Answer
}

export type RouteAction = ProxyAction | AnswerAction

/** What the parts of a template path or a regular expression matched, decoded. */
export type RouteParams = Readonly<Record<string, string>>

/** A route, compiled. Immutable: a new document makes new routes. */
export interface Route {
  /** Unique in the document. */
  readonly name: string
  /** Checked in this order before anything is sent. */
  readonly policies: readonly Policy[]
  readonly action: RouteAction
  readonly requestHeaders: HeaderEdits
  readonly responseHeaders: HeaderEdits
  readonly limits: RouteLimits
}

export interface RouteMatch {
  readonly route: Route
  readonly params: RouteParams
}

/** The routes of one document. Immutable: the gateway swaps whole tables between two requests. */
export interface RouteTable {
  /** Equal for equal documents. */
  readonly version: string
  readonly routes: readonly Route[]
  /** Of all routes, each once. */
  readonly targets: readonly Target[]
  /** Of all routes, each once. */
  readonly policies: readonly Policy[]
  /** How the paths of requests are read, before they are matched. */
  readonly pathRules: PathRules
  /** Headers that clients may not send, in lower case: see `isIdentityHeader`. */
  isIdentityHeader(name: string): boolean
  /** The route that takes a request; `undefined` when none does. */
  match(request: RequestFacts): RouteMatch | undefined
  /** Closes the policies that `successor` has not taken over. Idempotent. */
  close(successor?: RouteTable): void
}
