import type { Answer } from '../request/answer.ts'
import type { RequestFacts } from '../request/request-facts.ts'

/** Who the client is, as far as policies have found out. */
export interface Identity {
  /** A user's name, a key's id, a token's `sub`. */
  readonly subject: string
  /** The name of the policy that vouches for it. */
  readonly policy: string
  /** What the client may do, by name. */
  readonly scopes: readonly string[]
  /** What else is known: the claims of a token, the metadata of a key. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * What a policy decides: the request goes on, or is answered here. A policy that has nothing to add gives the same
 * object each time.
 */
export type PolicyDecision =
  | {
      readonly kind: 'continue'
      /** Set in the request to the instance, whatever the client sent. Names in lower case. */
      readonly requestHeaders?: Readonly<Record<string, string>> | undefined
      /** Removed from the request to the instance, before others are set. Names in lower case. */
      readonly removeRequestHeaders?: readonly string[] | undefined
      /** Set in the answer to the client, but for `vary`, which is added. Names in lower case. */
      readonly responseHeaders?: Readonly<Record<string, string>> | undefined
      readonly identity?: Identity | undefined
      /** Called once, when the exchange has ended in whatever way. */
      readonly release?: (() => void) | undefined
    }
  | { readonly kind: 'answer'; readonly answer: Answer }

/** What the policies before have found out, and how long one may take. */
export interface PolicyContext {
  readonly route: string
  /** The identity that an earlier policy of the route found. */
  readonly identity: Identity | undefined
  /** Ends when the client goes away or the request's time is over. */
  readonly signal: AbortSignal
}

/**
 * A rule that a request must pass before it is sent on. One object serves all requests of all routes that name it, and
 * lives over changes of the document as long as its own part stays the same: counters and cached keys are kept.
 */
export interface Policy {
  /** As the document names it; `<route>.limits.rate` and the like for what stands in a route itself. */
  readonly name: string
  /** As the document calls it, for example `jwt`. */
  readonly kind: string
  /**
   * Request headers that only this policy may set, in lower case. The gateway removes what clients send under these
   * names, on every route.
   */
  readonly identityHeaders: readonly string[]
  /** Decides at once where it can: a promise costs every request. Never throws and never rejects. */
  check(request: RequestFacts, context: PolicyContext): PolicyDecision | Promise<PolicyDecision>
  /** What one would like to know of its state, for the admin view: JSON values without secrets. */
  state?(): Readonly<Record<string, unknown>>
  /** Lets go of timers and connections. Idempotent. */
  close(): void
}
