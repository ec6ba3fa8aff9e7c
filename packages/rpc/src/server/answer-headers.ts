import { checkMetadata } from '../check-metadata.ts'
import { acceptedEncodings } from '../compression.ts'
import { encodeMessage } from '../grpc-message.ts'
import { encodeHeaders, type HeaderBlock, joinBlocks } from '../http2/header-block.ts'
import type { RpcError } from '../rpc-error.ts'

/** What every gRPC answer begins with. */
export const okHeaders: HeaderBlock = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc'],
])

export const okTrailers: HeaderBlock = encodeHeaders([['grpc-status', '0']])

/** Source: gRPC, "gRPC over HTTP2": without application/grpc the answer should be 415. */
export const notGrpcHeaders: HeaderBlock = encodeHeaders([[':status', '415']])

const acceptHeaders = encodeHeaders([['grpc-accept-encoding', acceptedEncodings]])
const refusalHeaders = joinBlocks(okHeaders, acceptHeaders)

/** Makes trailers into an answer that has nothing else. */
export function trailersOnly(trailers: HeaderBlock): HeaderBlock {
  return joinBlocks(refusalHeaders, trailers)
}

/** The trailers of an error. Metadata that cannot be sent is left out, and told to `onDefect`. */
export function errorTrailers(error: RpcError, onDefect: (defect: unknown) => void): HeaderBlock {
  const fields: (readonly [string, string])[] = [['grpc-status', String(error.code)]]
  if (error.message !== '') fields.push(['grpc-message', encodeMessage(error.message)])
  try {
    checkMetadata(error.metadata)
    fields.unshift(...Object.entries(error.metadata))
  } catch (defect) {
    onDefect(defect)
  }
  return encodeHeaders(fields)
}
