import type { MessageCodec } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'

/** Decodes what a client sent; what cannot be decoded is the client's fault and no defect of the server. */
export function decodeRequest<T>(codec: MessageCodec<T>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes)
  } catch (cause) {
    throw new RpcError(StatusCode.INTERNAL, 'grpc: error unmarshalling request', { cause })
  }
}
