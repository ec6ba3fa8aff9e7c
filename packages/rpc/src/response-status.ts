import { constants, type IncomingHttpHeaders } from 'node:http2'
import { decodeMessage } from './grpc-message.ts'
import type { Metadata } from './metadata.ts'
import { type Delivery, RpcError } from './rpc-error.ts'
import { parseStatusCode, StatusCode } from './status.ts'

/** Headers as metadata: without the names that belong to HTTP/2 or gRPC itself. */
export function responseMetadata(headers: IncomingHttpHeaders): Metadata {
  const metadata: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    if (name.startsWith(':') || name.startsWith('grpc-') || name === 'content-type') continue
    const value = headers[name]
    if (value !== undefined) metadata[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return metadata
}

/** The status in trailers, or in headers that end the stream: undefined for OK. */
export function statusError(headers: IncomingHttpHeaders): RpcError | undefined {
  const status = headers['grpc-status']
  if (status === '0') return undefined
  if (typeof status !== 'string') {
    return new RpcError(StatusCode.INTERNAL, 'The server ended the call without a status.', { delivery: 'sent' })
  }
  const code = parseStatusCode(status)
  if (code === StatusCode.OK) return undefined
  const message = headers['grpc-message']
  return new RpcError(code, typeof message === 'string' ? decodeMessage(message) : '', {
    metadata: responseMetadata(headers),
    delivery: 'answered',
  })
}

/** Source: gRPC, "HTTP to gRPC Status Code Mapping". */
const codeOfHttpStatus = new Map<number, StatusCode>([
  [400, StatusCode.INTERNAL],
  [401, StatusCode.UNAUTHENTICATED],
  [403, StatusCode.PERMISSION_DENIED],
  [404, StatusCode.UNIMPLEMENTED],
  [429, StatusCode.UNAVAILABLE],
  [502, StatusCode.UNAVAILABLE],
  [503, StatusCode.UNAVAILABLE],
  [504, StatusCode.UNAVAILABLE],
])

/** What is wrong with headers that do not begin a gRPC answer; undefined when they do. */
export function httpError(headers: IncomingHttpHeaders): RpcError | undefined {
  const status = Number(headers[':status'])
  const contentType = headers['content-type']
  const isGrpc = typeof contentType === 'string' && contentType.startsWith('application/grpc')
  if (status === 200 && isGrpc) return undefined
  // A proxy in between that speaks of failure may have passed the request on.
  const delivery: Delivery = status >= 400 && status < 500 ? 'answered' : 'sent'
  if (status === 200) {
    const message = `The server's answer is not gRPC but ${contentType ?? 'of no content-type'}.`
    return new RpcError(StatusCode.UNKNOWN, message, { delivery })
  }
  const code = codeOfHttpStatus.get(status) ?? StatusCode.UNKNOWN
  return new RpcError(code, `The server answered with HTTP status ${headers[':status'] ?? 'none'}.`, { delivery })
}

/** Source: gRPC, "gRPC over HTTP2", Errors. */
const codeOfReset = new Map<number, StatusCode>([
  [constants.NGHTTP2_NO_ERROR, StatusCode.INTERNAL],
  [constants.NGHTTP2_PROTOCOL_ERROR, StatusCode.INTERNAL],
  [constants.NGHTTP2_INTERNAL_ERROR, StatusCode.INTERNAL],
  [constants.NGHTTP2_FLOW_CONTROL_ERROR, StatusCode.INTERNAL],
  [constants.NGHTTP2_SETTINGS_TIMEOUT, StatusCode.INTERNAL],
  [constants.NGHTTP2_FRAME_SIZE_ERROR, StatusCode.INTERNAL],
  [constants.NGHTTP2_REFUSED_STREAM, StatusCode.UNAVAILABLE],
  [constants.NGHTTP2_CANCEL, StatusCode.CANCELLED],
  [constants.NGHTTP2_COMPRESSION_ERROR, StatusCode.INTERNAL],
  [constants.NGHTTP2_CONNECT_ERROR, StatusCode.INTERNAL],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, StatusCode.RESOURCE_EXHAUSTED],
  [constants.NGHTTP2_INADEQUATE_SECURITY, StatusCode.PERMISSION_DENIED],
])

/** The error of a stream that the peer reset. A refused stream was never looked at: RFC 9113, section 8.7. */
export function resetError(resetCode: number): RpcError {
  const refused = resetCode === constants.NGHTTP2_REFUSED_STREAM
  return new RpcError(
    codeOfReset.get(resetCode) ?? StatusCode.UNKNOWN,
    refused ? 'The server refused the stream.' : `The server reset the stream with HTTP/2 error ${resetCode}.`,
    { delivery: refused ? 'not-sent' : 'sent' },
  )
}
