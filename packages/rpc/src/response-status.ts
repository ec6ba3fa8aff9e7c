import { decodeMessage } from './grpc-message.ts'
import { ErrorCode, errorCodeName } from './http2/error-code.ts'
import type { HeaderFields } from './http2/header-list.ts'
import type { Metadata } from './metadata.ts'
import { type Delivery, RpcError } from './rpc-error.ts'
import { parseStatusCode, StatusCode } from './status.ts'

/** Headers as metadata: without the names that belong to HTTP/2 or gRPC itself. */
export function responseMetadata(headers: HeaderFields): Metadata {
  const metadata: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    if (name.startsWith(':') || name.startsWith('grpc-') || name === 'content-type') continue
    const value = headers[name]
    if (value !== undefined) metadata[name] = value
  }
  return metadata
}

/** The status in trailers, or in headers that end the stream: undefined for OK. */
export function statusError(headers: HeaderFields): RpcError | undefined {
  const status = headers['grpc-status']
  if (status === '0') return undefined
  if (status === undefined) {
    return new RpcError(StatusCode.INTERNAL, 'The server ended the call without a status.', { delivery: 'sent' })
  }
  const code = parseStatusCode(status)
  if (code === StatusCode.OK) return undefined
  const message = headers['grpc-message']
  return new RpcError(code, message === undefined ? '' : decodeMessage(message), {
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
export function httpError(headers: HeaderFields): RpcError | undefined {
  const status = Number(headers[':status'])
  const contentType = headers['content-type']
  const isGrpc = contentType?.startsWith('application/grpc') === true
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
  [ErrorCode.noError, StatusCode.INTERNAL],
  [ErrorCode.protocolError, StatusCode.INTERNAL],
  [ErrorCode.internalError, StatusCode.INTERNAL],
  [ErrorCode.flowControlError, StatusCode.INTERNAL],
  [ErrorCode.settingsTimeout, StatusCode.INTERNAL],
  [ErrorCode.frameSizeError, StatusCode.INTERNAL],
  [ErrorCode.refusedStream, StatusCode.UNAVAILABLE],
  [ErrorCode.cancel, StatusCode.CANCELLED],
  [ErrorCode.compressionError, StatusCode.INTERNAL],
  [ErrorCode.connectError, StatusCode.INTERNAL],
  [ErrorCode.enhanceYourCalm, StatusCode.RESOURCE_EXHAUSTED],
  [ErrorCode.inadequateSecurity, StatusCode.PERMISSION_DENIED],
])

/** The error of a stream that the peer reset. A refused stream was never looked at: RFC 9113, section 8.7. */
export function resetError(resetCode: number): RpcError {
  const refused = resetCode === ErrorCode.refusedStream
  return new RpcError(
    codeOfReset.get(resetCode) ?? StatusCode.UNKNOWN,
    refused
      ? 'The server refused the stream.'
      : `The server reset the stream with HTTP/2 error ${errorCodeName(resetCode)}.`,
    { delivery: refused ? 'not-sent' : 'sent' },
  )
}

/** The error of a stream that this side reset, because the server broke the rules of HTTP/2 on it. */
export function brokenStreamError(resetCode: number): RpcError {
  return new RpcError(
    codeOfReset.get(resetCode) ?? StatusCode.INTERNAL,
    `The server's answer breaks HTTP/2: ${errorCodeName(resetCode)}.`,
    { delivery: 'sent' },
  )
}
