import type { MessageCodec } from '@waypost/rpc/server'
import { etcdError } from './error-map.ts'

export function checkSize(bytes: number, maxRequestBytes: number): void {
  if (bytes > maxRequestBytes) throw etcdError('requestTooLarge')
}

/** As `checkSize`, encoding the request to know its size only when `contentBytes` says that it is large. */
export function checkSizeOf<T>(
  codec: MessageCodec<T>,
  request: T,
  contentBytes: number,
  maxRequestBytes: number,
): void {
  if (contentBytes > maxRequestBytes - frameAllowance) checkSize(codec.encode(request).length, maxRequestBytes)
}

/** More than the tags, lengths and numbers of a put or delete take. */
const frameAllowance = 64

/** A request together with its size on the wire. */
export interface Measured<T> {
  readonly message: T
  readonly bytes: number
}

export function measured<T>(codec: MessageCodec<T>): MessageCodec<Measured<T>> {
  return {
    encode: ({ message }, headroomBytes) => codec.encode(message, headroomBytes),
    decode: (bytes) => ({ message: codec.decode(bytes), bytes: bytes.length }),
  }
}
