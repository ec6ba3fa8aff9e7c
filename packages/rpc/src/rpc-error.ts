import type { Metadata } from './metadata.ts'
import { type StatusCode, statusName } from './status.ts'

/**
 * How far a failed call came.
 * - `not-sent`: it provably never reached the server's handler, so it is safe to send again;
 * - `sent`: the server may have handled it, but its answer was lost;
 * - `answered`: the status is the server's own.
 */
export type Delivery = 'not-sent' | 'sent' | 'answered'

export interface RpcErrorOptions {
  /** Trailers that came, or are to go, with the status. */
  readonly metadata?: Metadata | undefined
  /** Default `answered`, which is what a server's handler means. */
  readonly delivery?: Delivery | undefined
  readonly cause?: unknown
}

/** A call that ended with a status other than OK. Handlers throw it to answer with that status. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: StatusCode
  readonly metadata: Metadata
  readonly delivery: Delivery

  /** @param message what goes to, or came from, the peer as `grpc-message` */
  constructor(code: StatusCode, message: string, options: RpcErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.metadata = options.metadata ?? {}
    this.delivery = options.delivery ?? 'answered'
  }

  /** For example `NOT_FOUND`. */
  get codeName(): string {
    return statusName(this.code)
  }

  /** Recognises the error also when it came through another copy of this module. */
  static is(error: unknown): error is RpcError {
    return error instanceof RpcError || (error instanceof Error && error.name === 'RpcError' && 'delivery' in error)
  }
}
