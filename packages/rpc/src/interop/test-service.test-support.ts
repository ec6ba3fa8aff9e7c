import type { Method, MethodKind } from '../method.ts'
import { bytes, text } from './bytes-codec.test-support.ts'

const method = <T>(name: string, kind: MethodKind, codec: Method<T, T>['request']): Method<T, T> => ({
  path: `/test.Service/${name}`,
  kind,
  request: codec,
  response: codec,
})

/** A service that every server under test implements alike. */
export const service = {
  /** Answers with the request. */
  echo: method('Echo', 'unary', bytes),
  /** Fails with NOT_FOUND, the request as message, and the trailers `x-reason` and `x-raw-bin`. */
  fail: method('Fail', 'unary', text),
  /** Answers with the request's metadata as JSON. */
  metadata: method('Metadata', 'unary', text),
  /** Never answers; see `TestServer.cancelled`. */
  hang: method('Hang', 'unary', text),
  /** Answers once the request's text is passed to `TestServer.release`. */
  wait: method('Wait', 'unary', text),
  /** Sends the numbers below the request. */
  count: method('Count', 'server-stream', text),
  /** Sends two messages, then fails with ABORTED. */
  failMidway: method('FailMidway', 'server-stream', text),
  /** Answers with the texts joined. */
  join: method('Join', 'client-stream', text),
  /** Sends back each message; after the client's half-close sends `bye` and ends. */
  chat: method('Chat', 'bidi', bytes),
}

/** Nobody answers it. */
export const unknownMethod = method('Unknown', 'unary', text)

export const failureMetadata = { 'x-reason': 'because', 'x-raw-bin': Buffer.from([0, 255, 1]).toString('base64') }

/** A running server with the service. */
export interface TestServer {
  readonly endpoint: string
  /** Resolves when a call of `hang` was cancelled, or its deadline passed, and the server noticed. */
  readonly cancelled: Promise<void>
  /** Resolves when a call of `wait` with the text runs. */
  waiting(text: string): Promise<void>
  release(text: string): void
  /** Takes no new calls and ends when those that run have. */
  shutDown(): Promise<void>
  /** Cuts everything. */
  kill(): Promise<void>
}

export interface TestCallOptions {
  readonly timeoutMs?: number
  readonly metadata?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface TestStatus {
  readonly code: number
  readonly message: string
  readonly metadata: Readonly<Record<string, string>>
}

/** A stream of the client under test. */
export interface TestStream<T> {
  send(message: T): void
  closeSend(): void
  cancel(): void
  /** The next message. Rejects when the stream ended. */
  next(): Promise<T>
  /** Status OK is code 0. */
  readonly status: Promise<TestStatus>
}

export interface TestClient {
  /** Rejects with a `TestStatus`. */
  unary<T>(method: Method<T, T>, request: T, options?: TestCallOptions): Promise<T>
  stream<T>(method: Method<T, T>, options?: TestCallOptions): TestStream<T>
  close(): Promise<void>
}
