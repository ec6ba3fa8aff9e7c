import type { Caller } from '../caller/caller.ts'
import type { HubServices } from '../hub-services.ts'

/** What a handler works with. */
export interface OperationContext {
  /** Who asks, and the store with their rights. */
  readonly caller: Caller
  /** What the hub itself has: its settings, its own login, its parts. */
  readonly hub: HubServices
  /** Fires when the client goes away, when the deadline passes and when the hub stops. Give it to every call. */
  readonly signal: AbortSignal
  /** The id of the request, in logs and in problem documents. */
  readonly requestId: string
}
