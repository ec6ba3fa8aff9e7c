import type { Duplex } from 'node:stream'
import type { Instance } from '@waypost/registry'
import type { Failure } from './failure.ts'

/** One request as an instance gets it. Header lists are flat: name, value, name, value. */
export interface UpstreamRequest {
  readonly method: string
  /** In origin form, with the query. */
  readonly path: string
  readonly host: string
  readonly headers: readonly string[]
  readonly body: BodySource | undefined
  readonly instance: Instance
  /** How long a new connection may take to come about, if that is less than what holds for all. */
  readonly connectMs?: number | undefined
}

/** Called with the body of a request. */
export interface BodyListener {
  /** False: no more until more is asked for. */
  bodyData(chunk: Buffer): boolean
  bodyEnded(trailers: readonly string[]): void
}

/** The body of one try. */
export interface BodySource {
  /** Gives what is there at once, and what comes. Called once. */
  start(listener: BodyListener): void
  /** The listener takes more. */
  resume(): void
  /** The listener wants nothing more. Idempotent. */
  cancel(): void
}

/** Called with what a try brings. After `ended` and `failed` nothing follows. */
export interface AttemptListener {
  /** An answer of the range 1xx. */
  informed(status: number, headers: readonly string[]): void
  /** The head of the answer. @param isWhole whether nothing follows it: no body, no trailers */
  head(status: number, headers: readonly string[], isWhole: boolean): void
  /** The instance has switched to another protocol: the connection is the caller's. Instead of `head`. */
  switched(status: number, headers: readonly string[], socket: Duplex, first: Buffer): void
  /** A piece of the body, the listener's for the time of the call only. False: no more until `resume` is called. */
  data(chunk: Buffer): boolean
  /** The answer is whole. */
  ended(trailers: readonly string[]): void
  failed(failure: Failure): void
}

/** A try that has begun. */
export interface Attempt {
  resume(): void
  /** Gives up; the listener is told nothing more. Idempotent. */
  abort(): void
}
