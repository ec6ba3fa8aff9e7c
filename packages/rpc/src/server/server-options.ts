import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { type Clock, systemClock } from '@waypost/core'
import type { ServerCall } from './call.ts'
import type { RpcHandler, UnaryAnswer } from './handler.ts'
import { InputBudget } from './input-budget.ts'

export interface RpcServerTlsOptions {
  /** PEM of the server's certificate chain. */
  readonly cert: string | Uint8Array
  /** PEM of the server's private key. */
  readonly key: string | Uint8Array
  /** PEM of the authorities whose client certificates are accepted. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** Whether a client must show a certificate that one of `ca` signed. Default false. */
  readonly requestCert?: boolean | undefined
}

/** An HTTP/1.1 request, or an HTTP/2 one with the same face. */
export type HttpRequest = IncomingMessage | Http2ServerRequest
export type HttpResponse = ServerResponse | Http2ServerResponse

/**
 * Why the server closed a connection:
 * - `protocol-error`: the client broke the rules of HTTP/2;
 * - `silent`: it did not answer a ping;
 * - `too-much`: it left more unfinished than all others while the server held too much;
 * - `tls`: the handshake failed.
 */
export interface ConnectionEnd {
  readonly kind: 'protocol-error' | 'silent' | 'too-much' | 'tls'
  /** `address:port` of the client. */
  readonly peer: string
  readonly reason: string
}

/** Wraps every unary call; `proceed` runs the handler and gives its encoded answer. Throw `RpcError` to refuse. */
export type UnaryInterceptor = (
  call: ServerCall,
  proceed: () => Uint8Array | Promise<UnaryAnswer>,
) => Uint8Array | Promise<UnaryAnswer>

export interface RpcServerOptions {
  readonly handlers: readonly RpcHandler[]
  /**
   * Answers HTTP/1.1 requests, and HTTP/2 requests that are not gRPC. Default: none are answered.
   * A function for `IncomingMessage` and `ServerResponse` will do: the HTTP/2 ones behave alike.
   * A promise that it returns is waited for.
   */
  http1?(request: HttpRequest, response: HttpResponse): unknown
  /**
   * What is answered to HTTP/1.1 that cannot be read: 400, 408 when the headers come too slowly, 431 when they are larger
   * than `maxHeaderBytes`. Default: the status alone.
   */
  http1Refusal?(status: 400 | 408 | 431): { readonly contentType: string; readonly body: string }
  readonly tls?: RpcServerTlsOptions | undefined
  /** The largest request message that is accepted, in bytes, after decompression. Default 2 MiB. */
  readonly maxReceiveBytes?: number | undefined
  /** How many calls one connection may run at a time. Default 100,000. */
  readonly maxConcurrentStreams?: number | undefined
  /** The largest block of request headers, in bytes. Default 64 KiB. */
  readonly maxHeaderBytes?: number | undefined
  /** A connection that has not said which protocol it speaks is closed after this time. Default 10,000. */
  readonly prefaceTimeoutMs?: number | undefined
  /**
   * How long a client may take to complete a message that it began, or the only message of a call. Default 60,000.
   * Streams may be silent between messages for as long as they like.
   */
  readonly requestTimeoutMs?: number | undefined
  /** Bounds what clients have sent and the server holds. Default: a budget of this server's own. */
  readonly inputBudget?: InputBudget | undefined
  /** How often a connection that sends nothing is asked whether it is still there. 0 never asks. Default 30,000. */
  readonly pingIntervalMs?: number | undefined
  /** How long a ping may go unanswered before the connection counts as lost. Default 20,000. */
  readonly pingTimeoutMs?: number | undefined
  /** Called with what a handler threw that was not an `RpcError`; the client hears only INTERNAL. */
  readonly onInternalError?: ((error: unknown, path: string) => void) | undefined
  /** Called with why the server closed a connection that its client had not. */
  readonly onConnectionEnd?: ((end: ConnectionEnd) => void) | undefined
  readonly unaryInterceptor?: UnaryInterceptor | undefined
  readonly clock?: Clock | undefined
}

export interface ResolvedServerOptions {
  readonly http1: RpcServerOptions['http1']
  readonly http1Refusal: RpcServerOptions['http1Refusal']
  readonly maxReceiveBytes: number
  readonly maxConcurrentStreams: number
  readonly maxHeaderBytes: number
  readonly prefaceTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly inputBudget: InputBudget
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  readonly onInternalError: (error: unknown, path: string) => void
  readonly onConnectionEnd: (end: ConnectionEnd) => void
  readonly unaryInterceptor: UnaryInterceptor | undefined
  readonly clock: Clock
}

export function resolveServerOptions(options: RpcServerOptions): ResolvedServerOptions {
  return Object.freeze({
    http1: options.http1,
    http1Refusal: options.http1Refusal,
    maxReceiveBytes: options.maxReceiveBytes ?? 2 * 1024 * 1024,
    maxConcurrentStreams: options.maxConcurrentStreams ?? 100_000,
    maxHeaderBytes: options.maxHeaderBytes ?? 64 * 1024,
    prefaceTimeoutMs: options.prefaceTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    inputBudget: options.inputBudget ?? new InputBudget(),
    pingIntervalMs: options.pingIntervalMs ?? 30_000,
    pingTimeoutMs: options.pingTimeoutMs ?? 20_000,
    onInternalError: options.onInternalError ?? (() => {}),
    onConnectionEnd: options.onConnectionEnd ?? (() => {}),
    unaryInterceptor: options.unaryInterceptor,
    clock: options.clock ?? systemClock,
  })
}
