import { messageTooLarge } from './message-frame.ts'
import { RpcError } from './rpc-error.ts'
import { StatusCode } from './status.ts'

/** What `grpc-accept-encoding` offers. */
export const acceptedEncodings = 'identity,gzip'

export function isKnownEncoding(encoding: string): boolean {
  return encoding === 'identity' || encoding === 'gzip'
}

/** Undoes the compression of one message. `maxBytes` bounds what comes out, so that a small message cannot swell. */
export function decompress(message: Uint8Array, encoding: string | undefined, maxBytes: number): Uint8Array {
  if (encoding !== 'gzip') {
    throw new RpcError(StatusCode.INTERNAL, 'grpc: compressed flag set with identity or empty encoding')
  }
  if (message.length === 0) return message
  // Few peers compress, so it is not loaded before one does.
  const { gunzipSync } = process.getBuiltinModule('node:zlib')
  try {
    return gunzipSync(message, Number.isFinite(maxBytes) ? { maxOutputLength: Math.max(1, maxBytes) } : {})
  } catch (error) {
    if (error instanceof RangeError) throw messageTooLarge(maxBytes + 1, maxBytes)
    throw new RpcError(StatusCode.INTERNAL, 'grpc: failed to decompress the received message', { cause: error })
  }
}
