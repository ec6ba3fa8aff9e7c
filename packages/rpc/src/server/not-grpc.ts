import { Http2ServerRequest, Http2ServerResponse, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { HttpRequest, HttpResponse, ResolvedServerOptions } from './server-options.ts'

/** Whether the headers are those of a gRPC request; a sub-type such as `application/grpc+proto` is one too. */
export function isGrpcRequest(headers: IncomingHttpHeaders): boolean {
  const contentType = headers['content-type']
  if (headers[':method'] !== 'POST' || contentType === undefined) return false
  return (
    contentType === 'application/grpc' ||
    contentType.startsWith('application/grpc+') ||
    contentType.startsWith('application/grpc;')
  )
}

/** Hands a plain HTTP/2 request to the HTTP handler, through node's face of HTTP/1; without a handler refuses it. */
export function answerPlainHttp(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  options: ResolvedServerOptions,
): void {
  if (options.http1 === undefined) {
    // Source: gRPC, "gRPC over HTTP2": without application/grpc the answer should be 415.
    stream.on('error', () => {})
    stream.respond({ ':status': 415 }, { endStream: true })
    stream.resume()
    return
  }
  answerHttp(new Http2ServerRequest(stream, headers, {}, rawHeaders), new Http2ServerResponse(stream), options)
}

/** Runs the HTTP handler; when it throws, the client hears only of status 500. */
export function answerHttp(request: HttpRequest, response: HttpResponse, options: ResolvedServerOptions): void {
  try {
    options.http1?.(request, response)
  } catch (error) {
    options.onInternalError(error, request.url ?? '')
    if (!response.headersSent) response.statusCode = 500
    response.end()
  }
}
