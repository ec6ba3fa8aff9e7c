import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Clock } from '@waypost/core'
import { acceptedEncodings, decompress } from '../compression.ts'
import type { Deadlines, Expiring } from '../deadlines.ts'
import { encodeMessage } from '../grpc-message.ts'
import { parseTimeout } from '../grpc-timeout.ts'
import { FrameReader } from '../message-frame.ts'
import { checkMetadata, type Metadata } from '../metadata.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { resumeReading, type StreamSink, startReading, tapStream } from '../stream-tap.ts'
import type { ServerCall } from './call.ts'

/** What an exchange needs of its connection. */
export interface ExchangeHost {
  readonly peer: string
  readonly tlsCommonName: string | undefined
  readonly maxReceiveBytes: number
  readonly clock: Clock
  readonly deadlines: Deadlines
  sawTraffic(): void
  exchangeClosed(exchange: Exchange): void
  /** A handler threw what it should not. */
  onInternalError(error: unknown, path: string): void
}

export const okHeaders: OutgoingHttpHeaders = Object.freeze({ ':status': 200, 'content-type': 'application/grpc' })
const okTrailers: OutgoingHttpHeaders = Object.freeze({ 'grpc-status': '0' })
export const withTrailers = Object.freeze({ waitForTrailers: true, sendDate: false })
const trailersOnly = Object.freeze({ endStream: true, sendDate: false })

/** One call on the server: from its headers to the end of its HTTP/2 stream. */
export abstract class Exchange implements ServerCall, StreamSink, Expiring {
  readonly path: string
  readonly deadlineMs: number | undefined
  protected readonly host: ExchangeHost
  protected readonly stream: ServerHttp2Stream
  /** The status is decided; nothing more is read or sent. */
  protected answered = false
  /** The client sends no more. */
  protected remoteEnded = false
  /** The HTTP/2 stream is gone. */
  protected gone = false
  protected paused = false
  readonly #headers: IncomingHttpHeaders
  #metadata: Metadata | undefined
  #controller: AbortController | undefined
  #reader: FrameReader | undefined
  #trailers = okTrailers
  #aborted: RpcError | undefined

  constructor(host: ExchangeHost, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, path: string) {
    this.host = host
    this.stream = stream
    this.path = path
    this.#headers = headers
    const timeout = headers['grpc-timeout']
    this.deadlineMs = typeof timeout === 'string' ? deadlineOf(timeout, host.clock) : undefined
    tapStream(stream, this)
    if (stream.endAfterHeaders) this.remoteEnded = true
  }

  protected abstract onMessageBytes(bytes: Uint8Array): void
  /** The client ended its side, after all of its messages were delivered. */
  protected abstract onRemoteEnd(): void

  get expiresAtMs(): number {
    return this.deadlineMs ?? Number.POSITIVE_INFINITY
  }

  get metadata(): Metadata {
    this.#metadata ??= requestMetadata(this.#headers)
    return this.#metadata
  }

  get peer(): string {
    return this.host.peer
  }

  get tlsCommonName(): string | undefined {
    return this.host.tlsCommonName
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#aborted)
    }
    return this.#controller.signal
  }

  protected startReading(): void {
    if (this.remoteEnded) this.onRemoteEnd()
    else startReading(this.stream, this)
  }

  /** Whether part of a message may have come already. */
  protected get hasRead(): boolean {
    return this.#reader !== undefined
  }

  chunkArrived(chunk: Uint8Array): boolean {
    if (this.answered) return true
    this.host.sawTraffic()
    this.#reader ??= new FrameReader(this.host.maxReceiveBytes)
    this.#reader.push(chunk)
    this.#deliver()
    return !this.paused
  }

  dataEnded(): void {
    if (this.remoteEnded) return
    this.remoteEnded = true
    if (!this.paused) this.#endOfMessages()
  }

  protected resumeReading(): void {
    if (!this.paused) return
    this.paused = false
    this.#deliver()
    if (this.paused || this.answered) return
    if (this.remoteEnded) this.#endOfMessages()
    else if (!this.stream.destroyed) resumeReading(this.stream)
  }

  #deliver(): void {
    const reader = this.#reader
    while (reader && !this.paused && !this.answered) {
      let message: Uint8Array | undefined
      try {
        message = reader.next()
        if (message !== undefined && reader.compressed) {
          const encoding = this.#headers['grpc-encoding']
          message = decompress(message, typeof encoding === 'string' ? encoding : undefined, this.host.maxReceiveBytes)
        }
      } catch (error) {
        this.fail(error)
        return
      }
      if (message === undefined) return
      this.onMessageBytes(message)
    }
  }

  #endOfMessages(): void {
    if (this.answered) return
    if (this.#reader?.truncated) {
      this.fail(new RpcError(StatusCode.INTERNAL, 'grpc: the request ended in the middle of a message'))
    } else {
      this.onRemoteEnd()
    }
  }

  responseArrived(): void {}
  streamFailed(_error: unknown): void {}
  streamDrained(): void {}

  trailersArrived(): void {
    // A client's trailers say nothing; that its side ended is told by `dataEnded`.
  }

  trailersWanted(): void {
    this.stream.sendTrailers(this.#trailers)
    // Node sends them in an immediate of its own, which comes first.
    if (!this.remoteEnded) setImmediate(() => this.#stopClient())
  }

  streamClosed(): void {
    if (this.gone) return
    this.gone = true
    if (this.deadlineMs !== undefined) this.host.deadlines.delete(this)
    if (!this.answered) {
      this.answered = true
      this.abort(new RpcError(StatusCode.CANCELLED, 'The client cancelled the call, or its connection was lost.'))
    }
    this.host.exchangeClosed(this)
  }

  expire(): void {
    const error = new RpcError(StatusCode.DEADLINE_EXCEEDED, 'context deadline exceeded')
    this.abort(error)
    this.fail(error)
  }

  /** Answers with the status of whatever was thrown. */
  fail(error: unknown): void {
    if (this.answered) return
    if (RpcError.is(error)) {
      this.sendStatus(error)
      return
    }
    this.host.onInternalError(error, this.path)
    this.sendStatus(new RpcError(StatusCode.INTERNAL, 'internal error'))
  }

  protected abort(reason: RpcError): void {
    this.#aborted ??= reason
    this.#controller?.abort(reason)
  }

  /** Ends the call: with trailers after what was sent, or with trailers only. */
  protected sendStatus(error: RpcError | undefined): void {
    if (this.answered) return
    this.answered = true
    const { stream } = this
    if (stream.destroyed || stream.closed) return
    const trailers = error === undefined ? okTrailers : this.#statusTrailers(error)
    if (stream.headersSent) {
      this.#trailers = trailers
      stream.end()
      return
    }
    stream.respond({ ...okHeaders, 'grpc-accept-encoding': acceptedEncodings, ...trailers }, trailersOnly)
    if (!this.remoteEnded) this.#stopClient()
  }

  #statusTrailers(error: RpcError): OutgoingHttpHeaders {
    const trailers: OutgoingHttpHeaders = { 'grpc-status': String(error.code) }
    if (error.message !== '') trailers['grpc-message'] = encodeMessage(error.message)
    try {
      checkMetadata(error.metadata)
      return { ...error.metadata, ...trailers }
    } catch (defect) {
      this.host.onInternalError(defect, this.path)
      return trailers
    }
  }

  /** Runs what belongs to a handler; what it throws becomes the call's status. */
  protected guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (this.answered && !RpcError.is(error)) this.host.onInternalError(error, this.path)
      this.fail(error)
    }
  }

  /** Tells a client that is still sending that nobody reads it: RFC 9113, section 8.1. */
  #stopClient(): void {
    const { stream } = this
    if (!stream.destroyed && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR)
  }
}

function deadlineOf(timeout: string, clock: Clock): number | undefined {
  const timeoutMs = parseTimeout(timeout)
  return timeoutMs === undefined ? undefined : clock.monotonicMs() + timeoutMs
}

function requestMetadata(headers: IncomingHttpHeaders): Metadata {
  const metadata: Record<string, string> = Object.create(null)
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) metadata[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return metadata
}
